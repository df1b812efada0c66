// Commits of the repositories that the test lends, each unpacked into a folder of its own.
// Only what is committed counts, as on GitHub: a file that was never added is not there.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { BadInput, Unmodelled } from "./refusals.mjs";

export class Repositories {
  /**
   * @param own {name, dir}: the repository whose workflow runs
   * @param lent "owner/repo@ref" to folder
   * @param folder where commits are unpacked
   */
  constructor(own, lent, folder) {
    this.own = own;
    this.lent = lent;
    this.folder = folder;
  }

  /** The commit that a reference names: {repository, ref, sha, folder}. */
  commit(repository, ref, at) {
    const dir = this.#dirOf(repository, ref, at);
    const sha = git(dir, at, "rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
    const full = git(dir, at, "rev-parse", "--symbolic-full-name", ref);
    return { repository, ref: full === "" ? ref : full, sha, folder: this.#unpack(dir, repository, sha, at) };
  }

  /** Which repositories can be fetched from, as git URLs: what the checkout double may ask for. */
  remotes() {
    const lent = Object.entries(this.lent).map(([reference, dir]) => [reference.slice(0, reference.indexOf("@")), dir]);
    return Object.fromEntries(
      [...lent, [this.own.name, this.own.dir]].map(([name, dir]) => [name.toLowerCase(), `file://${dir}`]),
    );
  }

  #dirOf(repository, ref, at) {
    const wanted = `${repository}@${ref}`.toLowerCase();
    const lent = Object.entries(this.lent).find(([reference]) => reference.toLowerCase() === wanted);
    if (lent !== undefined) return lent[1];
    if (repository.toLowerCase() === this.own.name.toLowerCase()) return this.own.dir;
    throw new Unmodelled(`${at}: the test lends neither '${repository}@${ref}' nor a double of '${repository}'`);
  }

  #unpack(dir, repository, sha, at) {
    const folder = join(this.folder, ...repository.toLowerCase().split("/"), sha);
    if (existsSync(folder)) return folder;
    const archive = execFileSync("git", ["-C", dir, "archive", "--format=tar", sha], { maxBuffer: 2 ** 30 });
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    execFileSync("tar", ["-x", "-C", unfinished], { input: archive });
    renameSync(unfinished, folder);
    return folder;
  }
}

function git(dir, at, ...command) {
  try {
    return execFileSync("git", ["-C", dir, ...command], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    throw new BadInput(
      `${at}: git ${command.join(" ")} failed in the repository that the test lends: ${error.stderr || error.message}`,
    );
  }
}
