// A workflow with all that it calls, checked as GitHub checks it before the first job starts.

import { EvaluationError, text, textOf, valueOf } from "./expressions.mjs";
import { checkGrant } from "./permissions.mjs";
import { Invalid, Unmodelled } from "./refusals.mjs";
import { readWorkflow } from "./workflow_file.mjs";
import { place } from "./yaml_files.mjs";

const DEEPEST = 10;
const UNSET = { string: "", boolean: false, number: 0 };

/** Reads a workflow and, into job.called, the workflows that its jobs call. */
export async function loadWorkflows(source, path, repositories, granted) {
  return load(await readWorkflow(source, path), repositories, granted, 1);
}

async function load(workflow, repositories, granted, depth) {
  for (const job of workflow.jobs) {
    job.granted = job.permissions ?? workflow.permissions ?? granted;
    if (job.uses === undefined) continue;
    if (depth > DEEPEST) throw new Invalid(`${job.at}: Nested reusable workflow depth exceeded ${DEEPEST}.`);
    const called = await readCalled(workflow, job, repositories);
    if (called.call === undefined) {
      throw new Invalid(`${job.at}: workflow_call key is not defined in the referenced workflow '${job.uses}'.`);
    }
    checkInputs(job, called.call.inputs);
    checkSecrets(job, called.call.secrets);
    checkGrant(called.permissions, job.granted, "The workflow", job);
    for (const inner of called.jobs) checkGrant(inner.permissions, job.granted, `The nested job '${inner.id}'`, job);
    job.called = await load(called, repositories, job.granted, depth + 1);
  }
  return workflow;
}

function readCalled(workflow, job, repositories) {
  const own = /^(?:\.|\$)\/(.+)$/.exec(job.uses);
  const other = /^([^/@]+\/[^/@]+)\/([^@]+)@(.+)$/.exec(job.uses);
  if (own === null && other === null) throw new Invalid(`${job.at}: invalid workflow reference '${job.uses}'`);
  const path = own === null ? other[2] : own[1];
  if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) {
    throw new Invalid(`${job.at}: '${job.uses}': workflows must be defined at the top level of .github/workflows`);
  }
  if (own !== null) return readWorkflow(workflow.source, path);
  return readWorkflow(repositories.commit(other[1], other[3], job.at), path);
}

function checkInputs(job, defined) {
  const given = namesOf(job.with, job);
  for (const [key, input] of defined) {
    const isRequired = input.required !== undefined && input.required.value === true;
    if (isRequired && !given.has(key)) throw new Invalid(`${job.at}: Input ${input.name} is required, but not provided while calling.`);
  }
  for (const [key, { name, value }] of given) {
    const input = defined.get(key);
    if (input === undefined) throw new Invalid(`${job.at}: Invalid input, ${name} is not defined in the referenced workflow.`);
    if (!value.isExpression) refuse(job, () => convert(value.value ?? null, input));
  }
  for (const input of defined.values()) {
    if (input.default !== undefined && !input.default.isExpression) refuse(job, () => convert(input.default.value ?? null, input));
  }
}

function checkSecrets(job, defined) {
  if (job.secrets?.isScalar) return;
  const given = namesOf(job.secrets, job);
  for (const [key, secret] of defined) {
    if (secret.required?.value === true && !given.has(key)) {
      throw new Invalid(`${job.at}: Secret ${secret.name} is required, but not provided while calling.`);
    }
  }
  for (const [key, { name }] of given) {
    if (!defined.has(key)) throw new Invalid(`${job.at}: Invalid secret, ${name} is not defined in the referenced workflow.`);
  }
}

/** The inputs context of a called workflow. */
export function inputsOf(job, scope) {
  const given = namesOf(job.with, job);
  const inputs = {};
  for (const [key, input] of job.called.call.inputs) {
    const token = given.get(key)?.value ?? input.default;
    inputs[input.name] = token === undefined ? UNSET[String(input.type)] : convert(valueOf(token, scope), input);
  }
  return inputs;
}

/** The secrets context of a called workflow. */
export function secretsOf(job, secrets, scope) {
  if (job.secrets?.isScalar) return secrets;
  const passed = [...namesOf(job.secrets, job).values()].map(({ name, value }) => [name, textOf(value, scope)]);
  return { ...Object.fromEntries(passed.filter(([, value]) => value !== "")), GITHUB_TOKEN: secrets.GITHUB_TOKEN };
}

/** Only a string input takes scalars of other kinds; a boolean or number input refuses strings. */
function convert(value, input) {
  const kind = String(input.type);
  if (kind === "string") return text(value);
  if (typeof value !== kind) {
    throw new EvaluationError(`Unexpected value '${text(value)}' for the ${kind} input '${input.name}'`);
  }
  return value;
}

function refuse(job, check) {
  try {
    check();
  } catch (error) {
    throw new Invalid(`${job.at}: ${error.message}`);
  }
}

function namesOf(mapping, job) {
  const found = new Map();
  for (const { key, value } of mapping ?? []) {
    if (key.isExpression) throw new Unmodelled(`${place(key, job.path)}: an expression as a key`);
    found.set(String(key).toLowerCase(), { name: String(key), value });
  }
  return found;
}
