// What a step's 'uses' names: the folder of an action, and what its action.yml says.

import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";

import { Unmodelled } from "./refusals.mjs";
import { readNamed, readSteps } from "./workflow_file.mjs";
import { condition, fields, parseActionFile } from "./yaml_files.mjs";

const ROOT = ["name", "description", "author", "branding", "inputs", "outputs", "runs"];
const DEEPEST = 9;

/** The action is not where the step says. */
export class ActionMissing extends Error {}

export class Actions {
  #read = new Map();

  /** @param doubles "owner/repo" to the folder of its double */
  constructor(repositories, doubles) {
    this.repositories = repositories;
    this.doubles = Object.fromEntries(Object.entries(doubles).map(([name, dir]) => [name.toLowerCase(), dir]));
  }

  /**
   * @param self the commit that '$/' means: that of the workflow or composite action that says it
   * @param workspace the folder that './' means: the job's, whatever repository was checked out there
   */
  find(uses, self, workspace, at) {
    if (uses.startsWith("./"))
      return this.#action({ folder: join(workspace, uses), source: self, isDouble: false, name: uses, at });
    if (uses.startsWith("$/")) {
      const path = uses.slice(2);
      return this.#action({
        folder: join(self.folder, path),
        source: self,
        isDouble: false,
        name: `${self.repository}/${path}@${self.sha}`,
        at,
      });
    }
    const [, repository, path = "", ref] = /^([^/]+\/[^/@]+)(?:\/([^@]+))?@(.+)$/.exec(uses);
    const double = this.doubles[repository.toLowerCase()];
    if (double !== undefined) {
      const source = { repository, ref, sha: ref, folder: double };
      return this.#action({ folder: join(double, path), source, isDouble: true, name: uses, at });
    }
    const source = this.repositories.commit(repository, ref, at);
    return this.#action({ folder: join(source.folder, path), source, isDouble: false, name: uses, at });
  }

  /** Finds all actions of a job before its first step, as the runner does; those in the workspace come later. */
  prepare(steps, self, depth = 0) {
    if (depth > DEEPEST) throw new ActionMissing(`Composite action depth exceeded max depth ${DEEPEST}`);
    for (const step of steps) {
      if (step.uses === undefined || step.uses.startsWith("./")) continue;
      const action = this.find(step.uses, self, undefined, step.at);
      if (action.steps !== undefined) this.prepare(action.steps, action.source, depth + 1);
    }
  }

  #action({ folder, source, isDouble, name, at }) {
    if (!isAbsolute(folder)) throw new Unmodelled(`${at}: '${name}' needs a workspace`);
    const file = ["action.yml", "action.yaml"].find((candidate) => existsSync(join(folder, candidate)));
    if (file === undefined) {
      throw new ActionMissing(
        `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action '${name}' under '${folder}'. ` +
          "Did you forget to run actions/checkout before running your local action?",
      );
    }
    const key = join(folder, file);
    // An action in the workspace may change while the job runs.
    if (name.startsWith("./") || !this.#read.has(key)) this.#read.set(key, read(folder, file, name));
    return { ...this.#read.get(key), folder, source, isDouble, name };
  }
}

function read(folder, file, name) {
  const label = `${name.replace(/@.*$/, "")}/${file}`;
  const root = fields(parseActionFile(folder, file, label), ROOT, label);
  const inputs = readNamed(root.inputs, ["description", "required", "default", "deprecationMessage"], label);
  const outputs = readNamed(root.outputs, ["description", "value"], label);
  const using = String(root.runs.find("using"));
  if (using === "composite") {
    const runs = fields(root.runs, ["using", "steps"], label);
    return { inputs, outputs, steps: readSteps(runs.steps, label) };
  }
  if (!/^node\d+$/.test(using)) throw new Unmodelled(`${label}: 'using: ${using}' is not modelled`);
  const runs = fields(root.runs, ["using", "main", "post", "post-if"], label);
  const post = runs.post === undefined ? undefined : String(runs.post);
  const postIf = runs["post-if"] === undefined ? { expression: "always()" } : condition(runs["post-if"]);
  return { inputs, outputs, main: String(runs.main), post, postIf };
}
