// Where a run's artifacts are: one folder each, with what is known of it beside its files. The doubles write them.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** All artifacts of a run, over its attempts, the oldest first. */
export function listArtifacts(folder) {
  if (!existsSync(folder)) return [];
  const ids = readdirSync(folder)
    .map(Number)
    .sort((one, other) => one - other);
  return ids.map((id) => JSON.parse(readFileSync(join(folder, String(id), "artifact.json"), "utf8")));
}

export function filesFolder(folder, id) {
  return join(folder, String(id), "files");
}

/** Makes the place of a new artifact. */
export function addArtifact(folder, { name, attempt, job, files }) {
  const id = 1 + Math.max(0, ...listArtifacts(folder).map((artifact) => artifact.id));
  mkdirSync(filesFolder(folder, id), { recursive: true });
  writeFileSync(join(folder, String(id), "artifact.json"), JSON.stringify({ id, name, attempt, job, files }));
  return id;
}

export function removeArtifact(folder, id) {
  rmSync(join(folder, String(id)), { recursive: true });
}
