// What all doubles share: the small part of GitHub's own toolkit that they need, and their view of the test's machine.
// A double keeps the contract of the action it stands for. What it does not model it refuses: the execution ends.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";

/** What the test lends: remotes, interpreters, the stores of artifacts and caches, the job's permissions. */
export const host = JSON.parse(readFileSync(process.env.EXECUTOR_HOST, "utf8"));

export function input(name) {
  return (process.env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}

export function flag(name) {
  const value = input(name);
  if (/^(true|True|TRUE)$/.test(value)) return true;
  if (/^(false|False|FALSE)$/.test(value)) return false;
  throw new Error(
    `Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
      "Support boolean input list: `true | True | TRUE | false | False | FALSE`",
  );
}

export function setOutput(name, value) {
  write("GITHUB_OUTPUT", name, value);
}

export function saveState(name, value) {
  write("GITHUB_STATE", name, value);
}

export function exportVariable(name, value) {
  write("GITHUB_ENV", name, value);
}

export function addPath(folder) {
  appendFileSync(process.env.GITHUB_PATH, `${folder}\n`);
}

export function warning(message) {
  console.log(`::warning::${escape(message)}`);
}

/** Inputs that the double does not model must have the value that changes nothing. */
export function refuseInputs(harmless) {
  for (const [name, values] of Object.entries(harmless)) {
    if (!values.includes(input(name))) refuse(`the double does not model '${name}: ${input(name)}'`);
  }
}

/** Ends the whole execution. */
export function refuse(message) {
  writeFileSync(process.env.EXECUTOR_REFUSAL, message);
  process.exit(1);
}

/** Runs a double: an error fails its step, as the real action's does. */
export async function main(action) {
  try {
    await action();
  } catch (error) {
    console.log(`::error::${escape(error.message)}`);
    process.exitCode = 1;
  }
}

function write(variable, name, value) {
  const delimiter = `ghadelimiter_${randomUUID()}`;
  appendFileSync(process.env[variable], `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

function escape(text) {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
