// The jobs of a workflow and of the workflows it calls: their order, whether they run, and what their dependants see.
// They run one after another, in the order of the file as far as needs allow: the same every time.

import { inputsOf, secretsOf } from "./called_workflows.mjs";
import { annotation } from "./commands.mjs";
import { holds, scope, textOf } from "./expressions.mjs";
import { runJob } from "./jobs.mjs";
import { legsOf } from "./matrix.mjs";
import { endsEverything } from "./refusals.mjs";

const LONGEST_NAME = 100;

/**
 * Runs the jobs of a workflow; their results and outputs by id.
 * @param run what belongs to the whole run:
 *   github, vars    contexts;  masks, actions, work, labels, environment, host, minutes, nextNumber   for jobs
 *   cancellations   which jobs to cancel;  finished   the attempt before, where only its failed jobs run again
 *   records, nodes  where the outcome goes
 * @param call {key, prefix, inputs, secrets, only}: 'only' is 'failed' where jobs that succeeded before are kept
 */
export async function runJobs(run, workflow, call) {
  const done = new Map();
  for (const model of inOrder(workflow.jobs)) {
    const node = await runNode({ run, workflow, call, model, done });
    done.set(model.id, node);
    run.nodes[`${call.key}${model.id}`] = { result: node.result, outputs: node.outputs };
  }
  return done;
}

function inOrder(jobs) {
  const ordered = [];
  const waiting = [...jobs];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((job) => job.needs.every((id) => ordered.some((other) => other.id === id)));
    ordered.push(...waiting.splice(ready, 1));
  }
  return ordered;
}

async function runNode(place) {
  const { run, call, model, done } = place;
  const key = `${call.key}${model.id}`;
  const only = howMuch(place, key);
  if (only === "none") return restore(run, key);
  const plainName = call.prefix + (model.name === undefined ? model.id : sourceOf(model.name));
  const status = statusOf(run, ancestorsOf(place));
  const contexts = contextsOf(place);
  run.cancellations.beforeJob(run, key, plainName);
  try {
    const { github } = run;
    const asked = (isCancelled) =>
      holds(
        model.condition,
        scope({ github, needs: contexts.needs, vars: run.vars, inputs: call.inputs }, status(isCancelled)),
      );
    if (!asked(run.isCancelled))
      return unrun(place, key, plainName, run.isCancelled && asked(false) ? "cancelled" : "skipped");
    if (run.cancellations.names(key, plainName)) return unrun(place, key, plainName, "cancelled");
    const legs = legsOf(model, scope({ github, ...contexts, inputs: call.inputs }));
    return { ...(await runLegs(place, key, legs, contexts, only)), needs: model.needs, reran: true };
  } catch (error) {
    if (endsEverything(error)) throw error;
    return unrun(place, key, plainName, "failure", [
      annotation("error", `Error when evaluating job '${model.id}'. ${model.at}: ${error.message}`),
    ]);
  }
}

async function runLegs(place, key, legs, contexts, only) {
  const { run, call, model } = place;
  const outcome = { result: "success", outputs: {} };
  const results = [];
  for (const leg of legs) {
    const legKey = model.strategy?.matrix === undefined ? key : `${key}#${leg.index}`;
    const name = call.prefix + nameOf(place, leg, contexts);
    const isStopped = leg.strategy["fail-fast"] && results.includes("failure");
    let done;
    if (only === "failed" && !run.finished.isUndone(legKey)) done = restore(run, legKey);
    else if (isStopped || run.cancellations.names(legKey, name))
      done = unrun(place, legKey, name, "cancelled", [], leg.matrix);
    else done = await runLeg(place, legKey, name, leg, contexts, only);
    run.nodes[legKey] = { result: done.result, outputs: done.outputs };
    results.push(done.result);
    // Legs share one set of outputs: the last to finish wins, one with an empty value does not take part.
    Object.assign(outcome.outputs, done.outputs);
  }
  return { ...outcome, result: worst(results) };
}

async function runLeg(place, key, name, leg, contexts, only) {
  const { run, workflow, call, model } = place;
  const { matrix, strategy } = leg;
  const { inputs, secrets } = call;
  const all = { ...contexts, matrix, strategy, inputs, secrets };
  if (model.called !== undefined) return runCalled(place, key, name, all, only);
  const done = await runJob(run, workflow, model, all, name);
  keep(run, { key, id: model.id, name, matrix, ...done });
  return done;
}

async function runCalled({ run, model }, key, name, contexts, only) {
  const { github } = run;
  const callScope = scope({ github, ...contexts });
  const inputs = inputsOf(model, callScope);
  const call = {
    key: `${key}/`,
    prefix: `${name} / `,
    inputs,
    secrets: secretsOf(model, contexts.secrets, callScope),
    only,
  };
  const done = await runJobs(run, model.called, call);
  const results = [...done.values()].map(({ result }) => result);
  const jobs = Object.fromEntries([...done].map(([id, { result, outputs }]) => [id, { result, outputs }]));
  const outputScope = scope({ github, inputs, vars: run.vars, jobs });
  const given = [...model.called.call.outputs.values()].map(({ name: output, value }) => [
    output,
    textOf(value, outputScope),
  ]);
  const result = results.every((one) => one === "skipped") ? "skipped" : worst(results);
  return { result, outputs: Object.fromEntries(given.filter(([, value]) => value !== "")) };
}

/** How much of a job an attempt runs: 'all' of it, its 'failed' legs and called jobs, or 'none'. */
function howMuch({ run, call, model, done }, key) {
  if (call.only !== "failed" || model.needs.some((id) => done.get(id).reran)) return "all";
  return run.finished.isUndone(key) ? "failed" : "none";
}

function restore(run, key) {
  run.records.push(...run.finished.under(key).map((record) => ({ ...record, ran: false })));
  Object.assign(run.nodes, Object.fromEntries(run.finished.nodesUnder(key)));
  const { result, outputs } = run.finished.nodes[key];
  return { result, outputs, reran: false };
}

/** A job that no step of runs: skipped, cancelled, or failed before it could start. */
function unrun({ run, model }, key, name, result, annotations = [], matrix = null) {
  keep(run, { key, id: model.id, name, matrix, outcome: result, result, outputs: {}, steps: [], annotations });
  return { result, outputs: {}, reran: true };
}

function keep(run, record) {
  run.records.push({ ...record, attempt: run.attempt, ran: true });
}

function contextsOf({ run, model, done }) {
  const needs = model.needs.map((id) => [id, { result: done.get(id).result, outputs: done.get(id).outputs }]);
  return { needs: Object.fromEntries(needs), vars: run.vars };
}

/** All jobs that a job waits for, directly or not: a failure or skip anywhere in the chain counts. */
function ancestorsOf({ workflow, model, done }) {
  const found = new Set();
  const visit = (job) => {
    for (const id of job.needs) {
      if (found.has(id)) continue;
      found.add(id);
      visit(workflow.jobs.find((other) => other.id === id));
    }
  };
  visit(model);
  return [...found].map((id) => done.get(id));
}

function statusOf(run, ancestors) {
  return (isCancelled) => ({
    always: () => true,
    cancelled: () => isCancelled,
    failure: () => ancestors.some(({ result }) => result === "failure"),
    success: () => !isCancelled && ancestors.every(({ result }) => result === "success"),
  });
}

function worst(results) {
  return ["failure", "cancelled"].find((result) => results.includes(result)) ?? "success";
}

/** A name without expressions gets the leg's values in brackets; one with expressions is taken as it is. */
function nameOf({ run, call, model }, leg, contexts) {
  if (model.name?.isExpression) {
    const { matrix, strategy } = leg;
    const name = textOf(model.name, scope({ github: run.github, ...contexts, inputs: call.inputs, matrix, strategy }));
    return name === "" ? model.id : name;
  }
  const name = model.name === undefined || String(model.name) === "" ? model.id : String(model.name);
  const whole = leg.segments.length === 0 ? name : `${name} (${leg.segments.join(", ")})`;
  return whole.length <= LONGEST_NAME ? whole : `${whole.slice(0, LONGEST_NAME - 3)}...`;
}

/** What a name looks like before its expressions have values: so is the check of a skipped job named. */
function sourceOf(token) {
  return token.isExpression ? (token.source ?? String(token)) : String(token);
}
