import { cpSync, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { filesFolder, listArtifacts } from "../../../artifacts.mjs";
import { nameMatches } from "../../../globs.mjs";
import { flag, host, input, main, refuse, refuseInputs, setOutput } from "../../double.mjs";

main(() => {
  refuseInputs({ "artifact-ids": [""], "skip-decompress": ["false"] });
  const [name, pattern] = [input("name"), input("pattern")];
  if (/[{}()!+@,]/.test(pattern)) refuse(`the double does not model the pattern '${pattern}'`);
  const path = resolve(input("path").replace(/^~/, homedir()));
  const visible = oneOfEachName(visibleArtifacts());
  const wanted =
    name !== ""
      ? visible.filter((artifact) => artifact.name === name)
      : visible.filter((artifact) => pattern === "" || nameMatches(pattern, artifact.name));
  if (name !== "" && wanted.length === 0)
    throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`);
  // One artifact goes straight into the path, whether it was named or happened to be the only one.
  const isFlat = name !== "" || flag("merge-multiple") || wanted.length === 1;
  for (const artifact of wanted) {
    const target = isFlat ? path : join(path, artifact.name);
    mkdirSync(target, { recursive: true });
    cpSync(filesFolder(artifactsOfRun(), artifact.id), target, { recursive: true, force: true });
  }
  console.log(`Total of ${wanted.length} artifact(s) downloaded`);
  setOutput("download-path", path);
});

/** With a token the artifacts of the whole run; without one only those of the current attempt. */
function visibleArtifacts() {
  if (input("github-token") === "")
    return listArtifacts(host.artifacts).filter((artifact) => artifact.attempt === host.attempt);
  const isOwn = artifactsOfRun() === host.artifacts;
  if (input("repository") !== host.repository || (!isOwn && !existsSync(artifactsOfRun()))) {
    refuse(`the double knows no artifacts of run ${input("run-id")} of ${input("repository")}`);
  }
  if (!["read", "write"].includes(host.permissions.actions)) {
    throw new Error(
      "Unable to download artifact(s): Resource not accessible by integration: " +
        "the job's permissions do not grant 'actions: read'",
    );
  }
  return listArtifacts(artifactsOfRun());
}

/** Where the artifacts of the run lie that was asked for: this one, or one before it. */
function artifactsOfRun() {
  const id = input("github-token") === "" ? String(host.run_id) : input("run-id");
  return id === String(host.run_id) ? host.artifacts : join(host.artifacts, "..", "..", `run-${id}`, "artifacts");
}

/** Of artifacts with one name only one is taken; which, the test chooses (see 'same_name_artifacts'). */
function oneOfEachName(artifacts) {
  const byPreference = host.same_name_artifacts === "newest" ? [...artifacts].reverse() : artifacts;
  return byPreference.filter(
    (artifact, index) => byPreference.findIndex((other) => other.name === artifact.name) === index,
  );
}
