import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import {
  addPath,
  exportVariable,
  flag,
  host,
  input,
  main,
  refuse,
  refuseInputs,
  setOutput,
  warning,
} from "../../double.mjs";

main(() => {
  refuseInputs({
    cache: [""],
    architecture: ["", "x64"],
    "check-latest": ["false"],
    freethreaded: ["false"],
    "pip-version": [""],
    "pip-install": [""],
  });
  const versions = askedFor();
  const found = versions.map(find);
  // The last one is the one that 'python' is.
  for (const { interpreter } of found) addPath(dirname(interpreter));
  const { interpreter, version } = found.at(-1);
  if (flag("update-environment")) {
    const prefix = dirname(dirname(interpreter));
    for (const name of ["pythonLocation", "Python_ROOT_DIR", "Python2_ROOT_DIR", "Python3_ROOT_DIR"])
      exportVariable(name, prefix);
  }
  setOutput("python-version", version);
  setOutput("python-path", interpreter);
  console.log(`Successfully set up CPython (${version})`);
});

function askedFor() {
  const [versions, file] = [input("python-version"), input("python-version-file")];
  if (versions !== "" && file !== "")
    warning("Both python-version and python-version-file inputs are specified, only python-version will be used.");
  if (versions !== "")
    return versions
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const path = resolve(file === "" ? ".python-version" : file);
  if (file !== "" && !existsSync(path)) throw new Error(`The specified python version file at: ${file} doesn't exist.`);
  if (!existsSync(path) || !path.endsWith(".python-version"))
    refuse(`the double needs 'python-version' or a .python-version file`);
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The interpreter of a version, of those that the test lends; its folder must have it as 'python'. */
function find(asked) {
  if (!/^\d+\.\d+(\.\d+)?$/.test(asked)) refuse(`the double does not model the version '${asked}'`);
  const key = Object.keys(host.pythons).find((version) => version === asked || version.startsWith(`${asked}.`));
  if (key === undefined)
    throw new Error(`The version '${asked}' with architecture 'x64' was not found for Ubuntu 24.04.`);
  const interpreter = host.pythons[key];
  const asPython = join(dirname(interpreter), "python");
  const version = (program) =>
    execFileSync(program, ["-c", "import platform; print(platform.python_version())"], { encoding: "utf8" }).trim();
  const actual = version(interpreter);
  if (actual !== asked && !actual.startsWith(`${asked}.`))
    refuse(`the interpreter that the test lends as ${key} is ${actual}`);
  if (!existsSync(asPython) || version(asPython) !== actual)
    refuse(`${asPython} is not the interpreter that the test lends as ${key}`);
  return { interpreter, version: actual };
}
