// Executes one attempt of one workflow run: node --import loader.mjs execute.mjs INPUT.json REPORT.json
// Exit code 0: success · 1: a job failed or was cancelled · 2: not a workflow, or one that the executor does not model.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Actions } from "./actions.mjs";
import { filesFolder, listArtifacts } from "./artifacts.mjs";
import { Attempts } from "./attempts.mjs";
import { loadWorkflows } from "./called_workflows.mjs";
import { Cancellations } from "./cancellations.mjs";
import { Masks } from "./commands.mjs";
import { githubContext } from "./github_context.mjs";
import { defaultPermissions } from "./permissions.mjs";
import { BadInput, endsEverything, Invalid } from "./refusals.mjs";
import { Repositories } from "./repositories.mjs";
import { whyNotTriggered } from "./triggers.mjs";
import { dispatchInputs } from "./workflow_dispatch.mjs";
import { runJobs } from "./workflow_run.mjs";

const CHOICES = {
  rerun: ["failed", "all"],
  same_name_artifacts: ["oldest", "newest"],
  default_permissions: ["read", "write"],
};
const TOKEN = "ghs_0123456789TheExecutorsToken";

async function execute(input) {
  const folder = join(input.state, `run-${input.run_id}`);
  const attempts = new Attempts(folder, input.attempt);
  const repositories = new Repositories(input.repository, input.repositories, join(input.state, "commits"));
  const source = { ...repositories.commit(input.repository.name, input.sha, "input"), ref: input.ref };
  const workflow = await loadWorkflows(
    source,
    input.workflow,
    repositories,
    defaultPermissions(input.default_permissions),
  );
  const github = githubContext(input, workflow, TOKEN);
  const reason = whyNotTriggered(workflow, {
    name: input.event.name,
    payload: input.event.payload,
    ref: input.ref,
    baseRef: github.base_ref,
  });
  if (reason !== undefined) throw new Invalid(`${input.workflow}: the event does not start this workflow: ${reason}`);
  const run = runOf(input, { folder, attempts, repositories, github });
  const call = {
    key: "",
    prefix: "",
    inputs: dispatchInputs(workflow, input),
    secrets: run.secrets,
    only: run.finished === undefined ? "all" : "failed",
  };
  const done = await runJobs(run, workflow, call);
  run.cancellations.checkUsed();
  attempts.keep(run.records, run.nodes);
  return report(run, done, join(folder, "artifacts"));
}

function runOf(input, { folder, attempts, repositories, github }) {
  const masks = new Masks();
  const secrets = { ...input.secrets, GITHUB_TOKEN: TOKEN };
  Object.values(secrets).forEach((value) => masks.add(value));
  let number = 0;
  const host = {
    run_id: input.run_id,
    attempt: input.attempt,
    repository: input.repository.name,
    artifacts: join(folder, "artifacts"),
    caches: join(input.state, "caches"),
    remotes: repositories.remotes(),
    pythons: input.pythons,
    tools: input.tools,
    same_name_artifacts: input.same_name_artifacts,
  };
  return {
    github,
    masks,
    secrets,
    host,
    attempt: input.attempt,
    vars: input.vars,
    environment: input.environment,
    labels: input.labels,
    actions: new Actions(repositories, input.doubles),
    minutes: (minutes) => minutes * input.minute_s * 1000,
    limit: Date.now() + input.limit_s * 1000,
    work: join(folder, `work-${input.attempt}`),
    nextNumber: () => (number += 1),
    cancellations: new Cancellations(input.cancel, input.cancel_run_before ?? undefined),
    finished: input.attempt > 1 && input.rerun === "failed" ? attempts.previous() : undefined,
    isCancelled: false,
    records: [],
    nodes: {},
  };
}

function report(run, done, folder) {
  const results = [...done.values()].map(({ result }) => result);
  const worst = ["failure", "cancelled"].find((result) => results.includes(result));
  const isIdle = results.every((result) => result === "skipped");
  const artifacts = listArtifacts(folder).map((artifact) => ({
    ...artifact,
    folder: filesFolder(folder, artifact.id),
  }));
  return {
    conclusion: worst ?? (isIdle ? "skipped" : "success"),
    error: null,
    results: Object.fromEntries([...done].map(([id, { result, outputs }]) => [id, { result, outputs }])),
    jobs: run.records,
    artifacts,
  };
}

function checkChoices(input) {
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (!choices.includes(input[name]))
      throw new BadInput(`'${name}' is '${input[name]}', not one of ${choices.join(", ")}`);
  }
  if (input.attempt < 1) throw new BadInput("attempts are counted from 1");
}

function failed(error) {
  return { conclusion: error.conclusion, error: error.message, results: {}, jobs: [], artifacts: [] };
}

const [inputFile, reportFile] = process.argv.slice(2);
let outcome;
try {
  const input = JSON.parse(readFileSync(inputFile, "utf8"));
  checkChoices(input);
  outcome = await execute(input);
} catch (error) {
  if (!endsEverything(error)) throw error;
  outcome = failed(error);
}
writeFileSync(reportFile, JSON.stringify(outcome));
process.exitCode = outcome.error !== null ? 2 : ["success", "skipped"].includes(outcome.conclusion) ? 0 : 1;
