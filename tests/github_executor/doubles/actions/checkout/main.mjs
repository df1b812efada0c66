import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";

import { flag, host, input, main, refuse, refuseInputs, saveState, setOutput } from "../../double.mjs";

const SHA = /^[0-9a-f]{40}$/;

main(() => {
  refuseInputs({
    "ssh-key": [""],
    filter: [""],
    "sparse-checkout": [""],
    lfs: ["false"],
    submodules: ["false"],
    clean: ["true"],
    "github-server-url": ["", "https://github.com"],
  });
  const repository = input("repository");
  if (!/^[^/]+\/[^/]+$/.test(repository))
    throw new Error(`Invalid repository '${repository}'. Expected format {owner}/{repo}.`);
  const workspace = process.env.GITHUB_WORKSPACE;
  const folder = resolve(workspace, input("path"));
  if (relative(workspace, folder).startsWith(".."))
    throw new Error(`Repository path '${folder}' is not under '${workspace}'`);
  const remote = host.remotes[repository.toLowerCase()];
  if (remote === undefined) refuse(`the test lends no repository '${repository}' to check out`);
  const depth = Number(input("fetch-depth"));
  const git = (...command) =>
    execFileSync("git", command, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  prepare(folder);
  git("init", "--quiet");
  git("remote", "add", "origin", `https://github.com/${repository}`);
  const wanted = whatToFetch(repository, remote, git);
  fetch(git, remote, wanted, depth);
  git("checkout", "--quiet", "--progress", "--force", ...wanted.checkout);
  if (flag("persist-credentials")) {
    // The real action keeps the token so that later git commands find it, and takes it away at the end of the job.
    git(
      "config",
      "http.https://github.com/.extraheader",
      `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${input("token")}`).toString("base64")}`,
    );
  }
  saveState("folder", folder);
  setOutput("ref", wanted.ref);
  setOutput("commit", git("rev-parse", "HEAD"));
});

/** An empty folder; what an earlier checkout or step left there goes. */
function prepare(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of existsSync(folder) ? readdirSync(folder) : []) rmSync(join(folder, name), { recursive: true });
}

/** Which refs to fetch, and what to check out: the run's own commit, or the ref that is asked for. */
function whatToFetch(repository, remote, git) {
  const isOwn = repository.toLowerCase() === process.env.GITHUB_REPOSITORY.toLowerCase();
  const asked = input("ref");
  if (isOwn && asked === "") return named(process.env.GITHUB_REF, process.env.GITHUB_SHA);
  if (SHA.test(asked)) return { ref: asked, refspecs: [asked], checkout: [asked] };
  const ref = asked === "" ? defaultBranch(remote, git) : asked;
  if (ref.startsWith("refs/")) return named(ref, ref);
  const listed = git("ls-remote", "--heads", "--tags", remote, ref)
    .split("\n")
    .map((line) => line.split("\t")[1]);
  const full = [`refs/heads/${ref}`, `refs/tags/${ref}`].find((candidate) => listed.includes(candidate));
  if (full === undefined) throw new Error(`A branch or tag with the name '${ref}' could not be found`);
  return named(full, full);
}

function named(ref, from) {
  const branch = /^refs\/heads\/(.*)$/.exec(ref)?.[1];
  if (branch !== undefined) {
    return {
      ref,
      refspecs: [`+${from}:refs/remotes/origin/${branch}`],
      checkout: ["-B", branch, `refs/remotes/origin/${branch}`],
    };
  }
  const local = ref.startsWith("refs/pull/") ? ref.replace("refs/pull/", "refs/remotes/pull/") : ref;
  return { ref, refspecs: [`+${from}:${local}`], checkout: [local] };
}

function defaultBranch(remote, git) {
  return /^ref: (\S+)\tHEAD$/m.exec(git("ls-remote", "--symref", remote, "HEAD"))[1];
}

function fetch(git, remote, { refspecs }, depth) {
  const common = ["-c", "protocol.version=2", "fetch", "--quiet", "--prune", "--no-recurse-submodules"];
  if (depth > 0) {
    const tags = flag("fetch-tags") ? [] : ["--no-tags"];
    git(...common, ...tags, `--depth=${depth}`, remote, ...refspecs);
  } else {
    git(...common, "--no-tags", remote, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*");
    // The branch may have moved since the run began.
    git(...common, "--no-tags", remote, ...refspecs);
  }
}
