// Whether an event starts a workflow.

import { isSequence } from "@actions/workflow-parser";

import { Unmodelled } from "./refusals.mjs";
import { fields, place } from "./yaml_files.mjs";

const DEFAULT_TYPES = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
};

/** Why the event does not start the workflow; undefined where it does. */
export function whyNotTriggered(workflow, { name, payload, ref, baseRef }) {
  if (!workflow.events.has(name)) return `'on' does not name '${name}'`;
  const filters = workflow.events.get(name);
  const known = ["branches", "branches-ignore", "types", "inputs", ...(name === "workflow_run" ? ["workflows"] : [])];
  const given = filters === undefined ? {} : fields(filters, known, workflow.path);
  const types = given.types === undefined ? DEFAULT_TYPES[name] : listOf(given.types);
  if (types !== undefined && payload.action !== undefined && !types.includes(payload.action)) {
    return `'${payload.action}' is none of the types ${types.join(", ")}`;
  }
  if (given.workflows !== undefined && !listOf(given.workflows).includes(payload.workflow_run?.name)) {
    return `'workflows' does not name '${payload.workflow_run?.name}'`;
  }
  const branch = baseRef === "" ? /^refs\/heads\/(.*)$/.exec(ref)?.[1] : baseRef;
  if (given.branches !== undefined && (branch === undefined || !anyMatches(given.branches, branch, workflow.path))) {
    return `'branches' does not match '${branch ?? ref}'`;
  }
  if (
    given["branches-ignore"] !== undefined &&
    branch !== undefined &&
    anyMatches(given["branches-ignore"], branch, workflow.path)
  ) {
    return `'branches-ignore' matches '${branch}'`;
  }
  return undefined;
}

function anyMatches(token, branch, path) {
  return listOf(token).some((pattern) => {
    if (/[!?+[\]]/.test(pattern))
      throw new Unmodelled(`${place(token, path)}: the branch pattern '${pattern}' is not modelled`);
    const parts = pattern
      .split(/(\*\*|\*)/)
      .map((part) => ({ "**": ".*", "*": "[^/]*" })[part] ?? part.replace(/[.^$(){}|\\]/g, "\\$&"));
    return new RegExp(`^${parts.join("")}$`).test(branch);
  });
}

function listOf(token) {
  return isSequence(token) ? [...token].map(String) : [String(token)];
}
