// A workflow file as plain nouns: events, jobs, steps. Values stay tokens: what they are is known only when they run.

import { existsSync } from "node:fs";
import { join } from "node:path";

import { isMapping, isSequence, isString } from "@actions/workflow-parser";

import { permissionsOf } from "./permissions.mjs";
import { Invalid, Unmodelled } from "./refusals.mjs";
import { condition, fields, parseWorkflowFile, place } from "./yaml_files.mjs";

// 'concurrency' is accepted and does nothing: one execution runs one workflow run, whose jobs run one after another.
// 'run-name' and 'description' are only shown.
const ROOT = ["on", "name", "description", "run-name", "defaults", "env", "permissions", "concurrency", "jobs"];
const CALL = ["name", "uses", "with", "secrets", "needs", "if", "permissions", "concurrency", "strategy"];
const JOB = ["name", "needs", "if", "strategy", "runs-on", "timeout-minutes", "continue-on-error", "services", "env"];
const JOB_MORE = ["defaults", "outputs", "steps", "permissions", "concurrency"];
const STEP = ["name", "id", "if", "run", "uses", "with", "env", "shell", "working-directory"];
const STEP_MORE = ["continue-on-error", "timeout-minutes"];

/** Reads the workflow at a path of a commit. */
export async function readWorkflow(source, path) {
  if (!existsSync(join(source.folder, path))) {
    throw new Invalid(`${source.repository}/${path}@${source.ref}: workflow was not found`);
  }
  const root = fields(await parseWorkflowFile(source, path), ROOT, path);
  const on = readEvents(root.on, path);
  return {
    source,
    path,
    name: root.name === undefined ? undefined : String(root.name),
    runName: root["run-name"],
    events: on,
    call: on.has("workflow_call") ? readCall(on.get("workflow_call"), path) : undefined,
    env: root.env,
    defaults: readDefaults(root.defaults, path),
    permissions: permissionsOf(root.permissions),
    jobs: [...root.jobs].map(({ key, value }) => readJob(String(key), value, path)),
  };
}

function readEvents(token, path) {
  if (isString(token)) return new Map([[token.value, undefined]]);
  if (isSequence(token)) return new Map([...token].map((event) => [String(event), undefined]));
  if (!isMapping(token)) throw new Invalid(`${place(token, path)}: 'on' names no event`);
  return new Map([...token].map(({ key, value }) => [String(key), isMapping(value) ? value : undefined]));
}

function readCall(token, path) {
  const call = token === undefined ? {} : fields(token, ["inputs", "secrets", "outputs"], path);
  return {
    inputs: readNamed(call.inputs, ["type", "required", "default", "description", "deprecationMessage"], path),
    secrets: readNamed(call.secrets, ["required", "description"], path),
    outputs: readNamed(call.outputs, ["value", "description"], path),
  };
}

/** A mapping of names to small mappings, by lower-case name: GitHub does not tell Name from name. */
export function readNamed(token, known, path) {
  const found = new Map();
  for (const { key, value } of token ?? []) {
    const given = isMapping(value) ? fields(value, known, path) : {};
    found.set(String(key).toLowerCase(), { name: String(key), at: key, ...given });
  }
  return found;
}

function readJob(id, token, path) {
  const calls = token.find("uses") !== undefined;
  const job = fields(token, calls ? CALL : [...JOB, ...JOB_MORE], path);
  const needs = job.needs === undefined ? [] : isString(job.needs) ? [job.needs.value] : [...job.needs].map(String);
  const common = {
    id,
    path,
    at: place(token, path),
    name: job.name,
    needs,
    condition: condition(job.if),
    strategy: readStrategy(job.strategy, path),
    permissions: permissionsOf(job.permissions),
  };
  if (calls) return { ...common, uses: String(job.uses), with: job.with, secrets: job.secrets };
  return {
    ...common,
    runsOn: job["runs-on"],
    env: job.env,
    defaults: readDefaults(job.defaults, path),
    outputs: job.outputs,
    services: readServices(job.services, path),
    timeout: job["timeout-minutes"],
    continueOnError: job["continue-on-error"],
    steps: readSteps(job.steps, path),
  };
}

export function readSteps(token, path) {
  return [...(token ?? [])].map((item) => {
    const step = fields(item, [...STEP, ...STEP_MORE], path);
    if (step.uses !== undefined) checkUses(String(step.uses), place(step.uses, path));
    return {
      at: place(item, path),
      id: step.id === undefined ? undefined : String(step.id),
      name: step.name,
      condition: condition(step.if),
      run: step.run,
      uses: step.uses === undefined ? undefined : String(step.uses),
      with: step.with,
      env: step.env,
      shell: step.shell,
      workingDirectory: step["working-directory"],
      continueOnError: step["continue-on-error"],
      timeout: step["timeout-minutes"],
    };
  });
}

function checkUses(uses, at) {
  if (uses.startsWith("docker://")) throw new Unmodelled(`${at}: container actions are not modelled: '${uses}'`);
  if (uses.startsWith("./") || uses.startsWith("$/")) return;
  if (!/^[^/@\s]+\/[^/@\s]+(\/[^@\s]+)?@[^@\s]+$/.test(uses)) {
    throw new Invalid(`${at}: Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
  }
}

function readStrategy(token, path) {
  if (token === undefined) return undefined;
  if (!isMapping(token)) throw new Unmodelled(`${place(token, path)}: an expression as the whole strategy`);
  // The jobs run one after another in any case, so max-parallel only shows in the strategy context.
  const strategy = fields(token, ["matrix", "fail-fast", "max-parallel"], path);
  return { matrix: strategy.matrix, failFast: strategy["fail-fast"], maxParallel: strategy["max-parallel"] };
}

function readDefaults(token, path) {
  if (token === undefined) return {};
  const run = fields(token, ["run"], path).run;
  const given = run === undefined ? {} : fields(run, ["shell", "working-directory"], path);
  return { shell: given.shell, workingDirectory: given["working-directory"] };
}

function readServices(token, path) {
  if (token === undefined) return [];
  if (!isMapping(token)) throw new Unmodelled(`${place(token, path)}: an expression as the whole 'services'`);
  return [...token].map(({ key, value }) => ({
    name: String(key),
    image: isMapping(value) ? value.find("image") : value,
    at: place(key, path),
  }));
}
