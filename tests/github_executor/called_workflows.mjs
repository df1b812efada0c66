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
    const problems = [...misfits(job, called.call)];
    if (problems.length > 0) throw new Invalid(problems.map((problem) => `${job.at}: ${problem}`).join("\n"));
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

/** What a job passes and the called workflow does not take, or wants and does not get. */
function* misfits(job, { inputs, secrets }) {
  const given = namesOf(job.with, job);
  for (const [key, input] of inputs) {
    const token = given.get(key)?.value ?? input.default;
    if (input.required?.value === true && !given.has(key))
      yield `Input ${input.name} is required, but not provided while calling.`;
    if (token !== undefined && !token.isExpression) yield* whyNot(() => convert(token.value ?? null, input));
  }
  for (const [key, { name }] of given) {
    if (!inputs.has(key)) yield `Invalid input, ${name} is not defined in the referenced workflow.`;
  }
  if (job.secrets?.isScalar) return;
  const passed = namesOf(job.secrets, job);
  for (const [key, secret] of secrets) {
    if (secret.required?.value === true && !passed.has(key))
      yield `Secret ${secret.name} is required, but not provided while calling.`;
  }
  for (const [key, { name }] of passed) {
    if (!secrets.has(key)) yield `Invalid secret, ${name} is not defined in the referenced workflow.`;
  }
}

function* whyNot(check) {
  try {
    check();
  } catch (error) {
    yield error.message;
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

function namesOf(mapping, job) {
  const found = new Map();
  for (const { key, value } of mapping ?? []) {
    if (key.isExpression) throw new Unmodelled(`${place(key, job.path)}: an expression as a key`);
    found.set(String(key).toLowerCase(), { name: String(key), value });
  }
  return found;
}
