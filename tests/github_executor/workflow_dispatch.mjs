// The inputs of a workflow that somebody starts by hand.

import { Invalid, Unmodelled } from "./refusals.mjs";
import { readNamed } from "./workflow_file.mjs";
import { place } from "./yaml_files.mjs";

const KEYS = ["type", "required", "default", "options", "description", "deprecationMessage"];

/** The inputs context of the root workflow: empty unless the event is workflow_dispatch. */
export function dispatchInputs(workflow, input) {
  const given = new Map(Object.entries(input.inputs));
  if (input.event.name !== "workflow_dispatch") {
    if (given.size > 0) throw new Invalid(`${input.workflow}: only workflow_dispatch takes inputs`);
    return {};
  }
  const defined = readNamed(workflow.events.get("workflow_dispatch")?.find("inputs"), KEYS, workflow.path);
  for (const name of given.keys()) {
    if (!defined.has(name.toLowerCase())) throw new Invalid(`${input.workflow}: Unexpected inputs provided: ${name}`);
  }
  return Object.fromEntries(
    [...defined.values()].map((one) => [one.name, valueOf(one, given.get(one.name), workflow.path)]),
  );
}

function valueOf(input, given, path) {
  const kind = input.type === undefined ? "string" : String(input.type);
  if (kind === "environment")
    throw new Unmodelled(`${place(input.at, path)}: an input of type 'environment' is not modelled`);
  if (given === undefined && input.required?.value === true && input.default === undefined) {
    throw new Invalid(`${place(input.at, path)}: Required input '${input.name}' not provided`);
  }
  const value = given ?? input.default?.value ?? { boolean: false, number: 0 }[kind] ?? "";
  if (kind === "choice" && ![...input.options].map(String).includes(String(value))) {
    throw new Invalid(
      `${place(input.at, path)}: Provided value '${value}' for input '${input.name}' not in the list of allowed values`,
    );
  }
  if (kind === "boolean") return String(value) === "true";
  return kind === "number" ? Number(value) : String(value);
}
