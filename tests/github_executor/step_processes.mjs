// The processes of a step: a script in a shell, or the program of a node action; and what they leave in files.

import { randomUUID } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { annotation, readOutput, readPairs, readSummary } from "./commands.mjs";
import { text, textOf } from "./expressions.mjs";
import { execute } from "./processes.mjs";
import { Unmodelled } from "./refusals.mjs";

// GitHub's own flags. Without 'shell:' it is bash without pipefail.
const SHELLS = {
  "": ["bash", "-e", "{0}"],
  bash: ["bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"],
  sh: ["sh", "-e", "{0}"],
  python: ["python", "{0}"],
};
const EXTENSIONS = { "": ".sh", bash: ".sh", sh: ".sh", python: ".py" };
const FILES = {
  GITHUB_OUTPUT: "output",
  GITHUB_ENV: "env",
  GITHUB_PATH: "path",
  GITHUB_STATE: "state",
  GITHUB_STEP_SUMMARY: "step_summary",
};

/** Runs a 'run:' step; whether its time was over. */
export async function runScript(state, scope) {
  const { frame, step, record } = state;
  const folder = textOf(step.workingDirectory ?? frame.defaults.workingDirectory, scope);
  const shell = textOf(step.shell ?? frame.defaults.shell, scope);
  const cwd = resolve(frame.job.workspace, folder);
  const env = {
    ...environmentOf(state),
    ...(frame.action === undefined ? {} : { GITHUB_ACTION_PATH: frame.action.folder }),
  };
  const script = join(frame.job.temp, `${randomUUID()}${EXTENSIONS[shell] ?? ""}`);
  writeFileSync(script, `${textOf(step.run, scope)}\n`);
  const [file, ...args] = commandOf(shell, step, env).map((part) => part.replace("{0}", script));
  if (!existsSync(cwd) || !statSync(cwd).isDirectory()) {
    throw new Error(
      `An error occurred trying to start process '${file}' with working directory '${cwd}'. No such file or directory`,
    );
  }
  const done = await run(state, { file, args, cwd, env });
  if (!done.timedOut && done.code !== 0) {
    record.outcome = "failure";
    record.annotations.push(annotation("error", `Process completed with exit code ${done.code}.`));
  }
  return done.timedOut;
}

/** Runs the main or post program of a node action; whether its time was over. */
export async function runProgram(state, action, program, inputs) {
  const { frame, record } = state;
  const named = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
    value,
  ]);
  const saved = Object.entries(state.saved).map(([name, value]) => [`STATE_${name}`, value]);
  const env = { ...environmentOf(state), ...Object.fromEntries([...named, ...saved]) };
  const refusal = join(frame.job.temp, `${randomUUID()}.refusal`);
  // A double knows the machine behind the stage; a real action must not.
  if (action.isDouble) Object.assign(env, { EXECUTOR_HOST: frame.job.hostFile, EXECUTOR_REFUSAL: refusal });
  const done = await run(state, {
    file: process.execPath,
    args: [join(action.folder, program)],
    cwd: frame.job.workspace,
    env,
  });
  if (existsSync(refusal)) throw new Unmodelled(`${state.step.at}: ${action.name}: ${readFileSync(refusal, "utf8")}`);
  if (!done.timedOut && done.code !== 0) record.outcome = "failure";
  return done.timedOut;
}

async function run(state, command) {
  const { frame, record, deadline, step } = state;
  const folder = join(frame.job.temp, "_runner_file_commands", randomUUID());
  mkdirSync(folder, { recursive: true });
  for (const [variable, name] of Object.entries(FILES)) {
    command.env[variable] = join(folder, name);
    writeFileSync(command.env[variable], "");
  }
  const logPath = join(folder, "log");
  const done = await execute({ ...command, logPath, deadline });
  if (done.error !== undefined) throw new Error(`${command.file}: ${done.error.message}`);
  const read = readOutput(readFileSync(logPath, "utf8"), frame.job.masks, step.at);
  record.log += read.log;
  record.annotations.push(...read.annotations);
  obeyFiles(state, folder);
  rmSync(folder, { recursive: true });
  return done;
}

function obeyFiles(state, folder) {
  const { frame, record } = state;
  const { job } = frame;
  const content = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const obey = (name, action) => {
    try {
      action(content(name));
    } catch (error) {
      record.outcome = "failure";
      record.annotations.push(annotation("error", `Unable to process file command '${name}' successfully.`));
      record.annotations.push(annotation("error", error.message, {}, job.masks));
    }
  };
  obey("output", (pairs) => Object.assign(record.outputs, Object.fromEntries(readPairs(pairs))));
  obey("state", (pairs) => Object.assign(state.saved, Object.fromEntries(readPairs(pairs))));
  obey("env", (pairs) => {
    for (const [name, value] of readPairs(pairs)) {
      if (name.toUpperCase() !== "NODE_OPTIONS") job.env[name] = value;
      else
        record.annotations.push(
          annotation("error", "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."),
        );
    }
  });
  obey("path", (lines) => {
    for (const line of lines.split(/\r?\n/).filter((entry) => entry !== "")) {
      job.path = [line, ...job.path.filter((entry) => entry !== line)];
    }
  });
  obey("step_summary", (markdown) => {
    const { summary, annotations } = readSummary(markdown, job.masks);
    record.summary += summary;
    record.annotations.push(...annotations);
  });
}

/** The closed environment of a step: what the test names, then what the workflow sets, then GitHub's own variables. */
function environmentOf(state) {
  const { frame, env, step } = state;
  const { job } = frame;
  const github = Object.entries({
    ...job.contexts.github,
    action: step.id ?? (step.uses === undefined ? "__run" : "__action"),
  });
  const variables = github.filter(([name, value]) => typeof value === "string" && !HIDDEN.includes(name));
  const runner = Object.entries(job.contexts.runner).map(([name, value]) => [
    `RUNNER_${name.toUpperCase()}`,
    text(value),
  ]);
  const merged = {
    ...job.machine,
    ...env,
    ...Object.fromEntries(variables.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value])),
    ...Object.fromEntries(runner),
    GITHUB_ACTIONS: "true",
    RUNNER_TRACKING_ID: job.mark,
  };
  merged.PATH = [...job.path, merged.PATH ?? ""].filter((entry) => entry !== "").join(":");
  return merged;
}

// Parts of the github context that are no environment variables.
const HIDDEN = ["token", "env", "path", "output", "repositoryUrl", "secret_source", "action_path", "action_status"];

function commandOf(shell, step, env) {
  if (shell === "" && !onPath("bash", env)) return SHELLS.sh;
  if (shell in SHELLS) return SHELLS[shell];
  if (["pwsh", "powershell", "cmd"].includes(shell))
    throw new Unmodelled(`${step.at}: 'shell: ${shell}' is not modelled`);
  if (!shell.includes("{0}")) {
    throw new Error(
      "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) " +
        "or a format string containing '{0}'",
    );
  }
  return shell.split(/\s+/);
}

function onPath(program, env) {
  return env.PATH.split(":").some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
