import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { addArtifact, filesFolder, listArtifacts, removeArtifact } from "../../../artifacts.mjs";
import { artifactRoot, findFiles } from "../../../globs.mjs";
import { flag, host, input, main, refuseInputs, setOutput, warning } from "../../double.mjs";

const REFUSED_IN_NAMES = /[":<>|*?\r\n\\/]/;
const REFUSED_IN_PATHS = /[":<>|*?\r\n]/;

main(() => {
  refuseInputs({ archive: ["true"] });
  const [name, path, whenNone] = [input("name"), input("path"), input("if-no-files-found")];
  if (path === "") throw new Error("Input required and not supplied: path");
  if (!["warn", "error", "ignore"].includes(whenNone)) {
    throw new Error(
      `Unrecognized if-no-files-found input. Provided: ${whenNone}. Available options: warn,error,ignore`,
    );
  }
  const found = findFiles(path, { root: process.cwd(), hidden: flag("include-hidden-files") });
  if (found.files.length === 0) {
    const message = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
    if (whenNone === "error") throw new Error(message);
    if (whenNone === "warn") warning(message);
    else console.log(message);
    return;
  }
  if (REFUSED_IN_NAMES.test(name)) throw new Error(`The artifact name is not valid: ${name}.`);
  upload(name, artifactRoot(found), found.files);
});

function upload(name, root, files) {
  const paths = files.map((file) => relative(root, file));
  const wrong = paths.find((path) => REFUSED_IN_PATHS.test(path));
  if (wrong !== undefined) throw new Error(`The path for one of the files in artifact is not valid: /${wrong}.`);
  // Names are unique within an attempt; a re-run may use them again.
  const same = listArtifacts(host.artifacts).find(
    (artifact) => artifact.name === name && artifact.attempt === host.attempt,
  );
  if (same !== undefined) {
    if (!flag("overwrite")) {
      throw new Error(
        "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: " +
          "an artifact with this name already exists on the workflow run",
      );
    }
    removeArtifact(host.artifacts, same.id);
  }
  const id = addArtifact(host.artifacts, { name, attempt: host.attempt, job: host.job, files: paths });
  const digest = createHash("sha256");
  files.forEach((file, index) => {
    const target = join(filesFolder(host.artifacts, id), paths[index]);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
    // An artifact does not keep permissions.
    chmodSync(target, 0o644);
    digest.update(paths[index]).update(readFileSync(file));
  });
  setOutput("artifact-id", String(id));
  setOutput("artifact-digest", digest.digest("hex"));
  setOutput("artifact-url", `https://github.com/${host.repository}/actions/runs/${host.run_id}/artifacts/${id}`);
  console.log(`Artifact ${name} has been successfully uploaded with ${files.length} file(s)`);
}
