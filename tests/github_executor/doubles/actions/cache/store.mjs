// The store of caches: by key and paths, for ever; a key is written once.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { host, input, refuse } from "../../double.mjs";

/** The paths to cache; a pattern would make the version of a cache depend on what is there. */
export function cachePaths() {
  const paths = input("path")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (paths.some((path) => /[*?[\]!]/.test(path)))
    refuse(`the double does not model patterns in 'path: ${input("path")}'`);
  return paths.map((path) => resolve(path.replace(/^~/, homedir())));
}

/** Entries for the same paths, the newest first: {key, folder}. */
export function entries() {
  const place = join(host.caches, version());
  if (!existsSync(place)) return [];
  const folders = readdirSync(place)
    .sort()
    .reverse()
    .map((name) => join(place, name));
  return folders.map((folder) => ({ key: readFileSync(join(folder, "key"), "utf8"), folder }));
}

export function newEntry() {
  const place = join(host.caches, version());
  const folder = join(place, String(entries().length).padStart(6, "0"));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The same key with other paths is another cache. */
function version() {
  return createHash("sha256").update(input("path")).digest("hex").slice(0, 16);
}
