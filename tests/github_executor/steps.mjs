// Runs steps: those of a job, and those of a composite action inside one of them.

import { annotation } from "./commands.mjs";
import { EvaluationError, holds, scope, text, textOf, textsOf, typedOf } from "./expressions.mjs";
import { endsEverything } from "./refusals.mjs";
import { runProgram, runScript } from "./step_processes.mjs";

/**
 * Runs steps in order and returns their records.
 * @param frame what surrounds the steps:
 *   job      the running job (see jobs.mjs)
 *   steps    the steps context: what was done by the steps with an id
 *   status   'success', 'failure' or 'cancelled' so far: of the job, or of the composite action alone
 *   inputs, env, self, action, defaults, deadline
 */
export async function runSteps(frame, steps) {
  const records = [];
  for (const step of steps) records.push(await runStep(frame, step));
  return records;
}

/** What is reported of a step that has not run yet. */
function newRecord(name, id) {
  return {
    name,
    id,
    outcome: "skipped",
    conclusion: "skipped",
    outputs: {},
    log: "",
    annotations: [],
    summary: "",
    steps: [],
  };
}

async function runStep(frame, step) {
  const { job } = frame;
  const record = newRecord(step.uses ?? "", step.id ?? null);
  const state = { frame, step, record, deadline: frame.deadline(), env: { ...job.env, ...frame.env }, saved: {} };
  try {
    state.env = { ...state.env, ...textsOf(step.env, stepScope(state)) };
    record.name = job.masks.hide(nameOf(state));
    if (!holds(step.condition, stepScope(state))) {
      remember(state);
      return record;
    }
    await perform(state);
  } catch (error) {
    if (endsEverything(error)) throw error;
    record.outcome = "failure";
    record.annotations.push(annotation("error", error.message, {}, job.masks));
  }
  conclude(state);
  return record;
}

async function perform(state) {
  const { frame, step, record } = state;
  const minutes = step.timeout === undefined ? 0 : typedOf("number", step.timeout, stepScope(state));
  if (minutes > 0) state.deadline = Math.min(state.deadline, Date.now() + frame.job.minutes(minutes));
  record.outcome = "success";
  const timedOut = step.uses === undefined ? await runScript(state, stepScope(state)) : await runAction(state);
  if (!timedOut) return;
  if (frame.job.isOverdue()) {
    record.outcome = "cancelled";
    frame.job.cancel(record);
  } else {
    record.outcome = "failure";
    const words =
      minutes > 0 ? `The action '${record.name}' has timed out after ${minutes} minutes.` : "The action has timed out.";
    record.annotations.push(annotation("error", words, {}, frame.job.masks));
  }
}

async function runAction(state) {
  const { frame, step, record } = state;
  const { job } = frame;
  const action = job.actions.find(step.uses, frame.self, job.workspace, step.at);
  const inputs = inputsOf(action, state);
  if (action.main !== undefined) {
    if (action.post !== undefined) job.posts.push({ state, action, inputs });
    return runProgram(state, action, action.main, inputs);
  }
  const inner = {
    job,
    steps: {},
    status: "success",
    inputs,
    env: onlyOverrides(state),
    self: action.source,
    action,
    defaults: {},
    deadline: () => Math.min(state.deadline, frame.deadline()),
  };
  record.steps = await runSteps(inner, action.steps);
  record.outcome = inner.status;
  // A composite action's own outputs may use its env; GitHub sees the step's.
  const outputScope = stepScope({ ...state, frame: inner });
  for (const output of action.outputs.values()) record.outputs[output.name] = textOf(output.value, outputScope);
  return false;
}

/** The environment that a step of a composite action gets beside the job's: what the steps around it set by 'env'. */
function onlyOverrides({ frame, step, env }) {
  const names = step.env === undefined ? [] : [...step.env].map(({ key }) => String(key));
  return { ...frame.env, ...Object.fromEntries(names.map((name) => [name, env[name]])) };
}

function inputsOf(action, state) {
  const { frame, step, record } = state;
  const inputs = {};
  const unexpected = [];
  for (const [name, value] of Object.entries(textsOf(step.with, stepScope(state)))) {
    const known = action.inputs.get(name.toLowerCase());
    if (known === undefined) unexpected.push(name);
    if (known?.deprecationMessage !== undefined) {
      const words = `Input '${name}' has been deprecated with message: ${known.deprecationMessage}`;
      record.annotations.push(annotation("warning", words, {}, frame.job.masks));
    }
    inputs[known?.name ?? name] = value;
  }
  for (const { name, default: token } of action.inputs.values()) {
    if (!(name in inputs)) inputs[name] = token === undefined ? "" : textOf(token, stepScope(state));
  }
  if (unexpected.length > 0) {
    const valid = [...action.inputs.values()].map(({ name }) => name).join("', '");
    const words = `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${valid}']`;
    record.annotations.push(annotation("warning", words, {}, frame.job.masks));
  }
  return inputs;
}

function conclude(state) {
  const { frame, step, record } = state;
  record.conclusion = record.outcome;
  if (record.outcome === "failure" && step.continueOnError !== undefined) {
    try {
      if (typedOf("boolean", step.continueOnError, stepScope(state))) record.conclusion = "success";
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      record.annotations.push(annotation("error", error.message, {}, frame.job.masks));
    }
  }
  if (record.conclusion === "failure" && frame.status === "success") frame.status = "failure";
  if (frame.job.isCancelled) frame.status = "cancelled";
  remember(state);
}

function remember({ frame, step, record }) {
  if (step.id === undefined) return;
  const { outputs, outcome, conclusion } = record;
  frame.steps[step.id] = { outputs, outcome, conclusion };
}

/** Runs what actions left to do at the end of the job, the last one first. */
export async function runPosts(frame) {
  const records = [];
  for (const { state, action, inputs } of frame.job.posts.splice(0).reverse()) {
    const record = { ...state.record, ...newRecord(`Post ${state.record.name}`, null) };
    const post = { ...state, record, frame: { ...state.frame, status: frame.status }, deadline: frame.deadline() };
    if (holds(action.postIf, stepScope(post))) {
      record.outcome = "success";
      await runProgram(post, action, action.post, inputs);
      record.conclusion = record.outcome;
      if (record.outcome === "failure" && frame.status === "success") frame.status = "failure";
    }
    records.push(record);
  }
  return records;
}

/** All that an expression of a step sees. */
export function stepScope({ frame, env }) {
  const { job } = frame;
  const github = { ...job.contexts.github, ...githubOf(frame) };
  const status = {
    always: () => true,
    cancelled: () => job.isCancelled,
    failure: () => frame.status === "failure",
    success: () => frame.status === "success",
  };
  const contexts = {
    ...job.contexts,
    github,
    inputs: frame.inputs,
    steps: frame.steps,
    env,
    job: { ...job.contexts.job, status: job.frame.status },
  };
  // A composite action sees no secrets, needs or vars; the schema has already refused it to ask.
  return scope(contexts, status, (patterns) => job.hashFiles(patterns));
}

/** The part of the github context that differs inside a composite action. */
function githubOf(frame) {
  const { action } = frame;
  if (action === undefined) return {};
  return {
    action_path: action.folder,
    action_repository: action.source?.repository ?? "",
    action_ref: action.source?.ref ?? "",
    action_status: frame.status,
  };
}

function nameOf(state) {
  const { step } = state;
  if (step.name !== undefined) return textOf(step.name, stepScope(state));
  if (step.uses !== undefined) return `Run ${step.uses}`;
  const script = step.run.isExpression ? safely(() => textOf(step.run, stepScope(state))) : text(step.run.value);
  return `Run ${script.trim().split("\n")[0]}`;
}

function safely(evaluate) {
  try {
    return evaluate();
  } catch {
    return "";
  }
}
