import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

import { addPath, exportVariable, host, input, main, refuseInputs, setOutput } from "../../double.mjs";

main(() => {
  refuseInputs({
    "version-file": [""],
    "activate-environment": ["false"],
    checksum: [""],
    "cache-local-path": [""],
    "tool-dir": [""],
    "tool-bin-dir": [""],
    "resolution-strategy": ["highest"],
  });
  const uv = host.tools.uv;
  if (uv === undefined) throw new Error("No uv was found for the version that is asked for");
  const version = execFileSync(uv, ["--version"], { encoding: "utf8" }).trim().split(" ")[1];
  const asked = input("version");
  if (asked !== "" && asked !== "latest" && version !== asked && !version.startsWith(`${asked}.`)) {
    throw new Error(`No version found for ${asked}`);
  }
  // A folder of its own: beside the test's uv may be programs that the job must not see.
  const folder = join(process.env.RUNNER_TEMP, "setup-uv");
  mkdirSync(folder, { recursive: true });
  for (const name of ["uv", "uvx"].filter((program) => existsSync(join(dirname(uv), program)))) {
    if (!existsSync(join(folder, name))) symlinkSync(join(dirname(uv), name), join(folder, name));
  }
  addPath(folder);
  if (input("python-version") !== "") exportVariable("UV_PYTHON", input("python-version"));
  setOutput("uv-version", version);
  setOutput("uv-path", join(folder, "uv"));
  setOutput("uvx-path", join(folder, "uvx"));
  setOutput("cache-hit", "false");
});
