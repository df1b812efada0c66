// One job, or one leg of a matrix job, from its set-up to its outputs.

import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ActionMissing } from "./actions.mjs";
import { annotation } from "./commands.mjs";
import { scope, text, textsOf, typedOf, valueOf } from "./expressions.mjs";
import { findFiles } from "./globs.mjs";
import { endOrphans } from "./processes.mjs";
import { BadInput, endsEverything, Unmodelled } from "./refusals.mjs";
import { runPosts, runSteps, stepScope } from "./steps.mjs";

const DEFAULT_TIMEOUT = 360;
// How long a cancelled job may take for the steps that run in any case.
const CANCEL_MINUTES = 5;

/**
 * Runs a job and returns {outcome, result, outputs, steps, annotations, summary}.
 * @param run what belongs to the whole run (see workflow_run.mjs)
 * @param contexts needs, strategy, matrix, inputs, secrets and vars of this job
 */
export async function runJob(run, workflow, model, contexts, name) {
  const annotations = [];
  const record = { outcome: "failure", result: "failure", outputs: {}, steps: [], annotations };
  const jobScope = scope({ ...contexts, github: { ...run.github, job: model.id } });
  let isExcused = false;
  try {
    isExcused = model.continueOnError !== undefined && typedOf("boolean", model.continueOnError, jobScope);
    const job = new Job(run, workflow, model, contexts, name, jobScope);
    await job.run(record);
  } catch (error) {
    if (endsEverything(error)) throw error;
    record.outcome = "failure";
    annotations.push(annotation("error", error.message, {}, run.masks));
  }
  record.result = record.outcome === "failure" && isExcused ? "success" : record.outcome;
  return record;
}

class Job {
  path = [];
  posts = [];
  isCancelled = false;
  mark = `github_${randomUUID()}`;

  constructor(run, workflow, model, contexts, name, jobScope) {
    Object.assign(this, { model, masks: run.masks, actions: run.actions, minutes: run.minutes });
    checkRunner(model, valueOf(model.runsOn, jobScope), run.labels);
    checkServices(model, jobScope);
    const timeout = model.timeout === undefined ? DEFAULT_TIMEOUT : typedOf("number", model.timeout, jobScope);
    this.limit = run.limit;
    this.end = Math.min(Date.now() + run.minutes(timeout), run.limit);
    this.timeout = timeout;
    this.#makeFolders(run, name);
    this.contexts = this.#contextsOf(run, workflow, contexts);
    const { github, inputs, vars, secrets } = this.contexts;
    this.env = {
      ...textsOf(workflow.env, scope({ github, inputs, vars, secrets })),
      ...textsOf(model.env, scope(this.contexts)),
    };
    this.machine = { HOME: this.home, CI: "true", ...run.environment };
    this.hostFile = join(this.temp, "_executor_host.json");
    writeFileSync(this.hostFile, JSON.stringify({ ...run.host, job: name, permissions: model.granted }));
    const defaults = { ...workflow.defaults };
    for (const [key, token] of Object.entries(model.defaults)) if (token !== undefined) defaults[key] = token;
    this.frame = {
      job: this,
      steps: {},
      status: "success",
      inputs,
      env: {},
      self: workflow.source,
      action: undefined,
      defaults,
      deadline: () => this.end,
    };
  }

  async run(record) {
    try {
      this.actions.prepare(this.model.steps, this.frame.self);
    } catch (error) {
      if (!(error instanceof ActionMissing)) throw error;
      record.annotations.push(annotation("error", error.message, {}, this.masks));
      return;
    }
    try {
      record.steps = await runSteps(this.frame, this.model.steps);
      record.steps.push(...(await runPosts(this.frame)));
    } finally {
      endOrphans(this.mark);
    }
    record.outcome = this.frame.status;
    record.outputs = this.#outputs(record);
  }

  isOverdue() {
    return Date.now() >= this.end;
  }

  /** The job's time is over: only steps that ask for it still run. */
  cancel(record) {
    if (Date.now() >= this.limit)
      throw new BadInput(`'${record.name}' was still running when the execution's time was over`);
    this.isCancelled = true;
    this.end = Math.min(Date.now() + this.minutes(CANCEL_MINUTES), this.limit);
    const words = `The job has exceeded the maximum execution time of ${this.timeout} minutes.`;
    record.annotations.push(annotation("error", words));
  }

  hashFiles(patterns) {
    const { files } = findFiles(patterns.join("\n"), { root: this.workspace, hidden: true });
    if (files.length === 0) return "";
    const whole = createHash("sha256");
    for (const file of files) whole.update(createHash("sha256").update(readFileSync(file)).digest());
    return whole.digest("hex");
  }

  #makeFolders(run, name) {
    const slug = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
    const folder = join(run.work, `${String(run.nextNumber()).padStart(2, "0")}-${slug.slice(0, 40)}`);
    const repository = run.github.repository.split("/")[1];
    this.workspace = join(folder, repository, repository);
    this.temp = join(folder, "_temp");
    this.tools = join(folder, "_tools");
    this.home = join(folder, "_home");
    for (const made of [this.workspace, this.temp, this.tools, this.home]) mkdirSync(made, { recursive: true });
  }

  #contextsOf(run, workflow, contexts) {
    const eventPath = join(this.temp, "_github_workflow_event.json");
    writeFileSync(eventPath, JSON.stringify(run.github.event));
    const { repository, ref, sha } = workflow.source;
    const workflowContexts = {
      workflow_repository: repository,
      workflow_ref: `${repository}/${workflow.path}@${ref}`,
      workflow_sha: sha,
      workflow_file_path: workflow.path,
    };
    return {
      ...contexts,
      github: { ...run.github, job: this.model.id, workspace: this.workspace, event_path: eventPath },
      runner: {
        os: "Linux",
        arch: "X64",
        name: "executor",
        environment: "github-hosted",
        temp: this.temp,
        tool_cache: this.tools,
      },
      job: { status: "success", container: {}, services: {}, ...workflowContexts },
    };
  }

  /** As GitHub hands them on: an empty output is none, and one with a secret in it is kept back with a warning. */
  #outputs(record) {
    const outputs = {};
    try {
      const given = textsOf(this.model.outputs, stepScope({ frame: this.frame, env: this.env }));
      for (const [key, value] of Object.entries(given).filter(([, output]) => output !== "")) {
        if (this.masks.hide(value) === value) outputs[key] = value;
        else record.annotations.push(annotation("warning", `Skip output '${key}' since it may contain secret.`));
      }
    } catch (error) {
      record.outcome = "failure";
      record.annotations.push(annotation("error", `Fail to evaluate job outputs: ${error.message}`, {}, this.masks));
    }
    return outputs;
  }
}

function checkRunner(model, value, labels) {
  const wanted = typeof value === "string" ? [value] : value;
  if (!Array.isArray(wanted)) throw new Unmodelled(`${model.at}: 'runs-on' with a group is not modelled`);
  const missing = wanted.filter(
    (label) =>
      !labels.some((known) => label === known || (known.endsWith("*") && label.startsWith(known.slice(0, -1)))),
  );
  if (missing.length > 0)
    throw new Unmodelled(
      `${model.at}: no runner has the labels ${missing.join(", ")}; the test's are ${labels.join(", ")}`,
    );
}

/** An empty image turns a service off; anything else would need a container. */
function checkServices(model, jobScope) {
  for (const { name, image, at } of model.services) {
    if (text(valueOf(image, jobScope)) !== "") throw new Unmodelled(`${at}: the service '${name}' needs a container`);
  }
}
