// What earlier attempts of the same run left, for "Re-run failed jobs".

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { BadInput } from "./refusals.mjs";

const UNDONE = ["failure", "cancelled"];

export class Attempts {
  /** @param folder of the run, which all its attempts share */
  constructor(folder, attempt) {
    this.folder = folder;
    this.attempt = attempt;
    mkdirSync(folder, { recursive: true });
  }

  /** The jobs of the attempt before this one. */
  previous() {
    const file = this.#file(this.attempt - 1);
    if (!existsSync(file))
      throw new BadInput(`attempt ${this.attempt} needs the state of attempt ${this.attempt - 1}: ${file} is missing`);
    return new Finished(JSON.parse(readFileSync(file, "utf8")));
  }

  keep(records, nodes) {
    writeFileSync(this.#file(this.attempt), JSON.stringify({ records, nodes }));
  }

  #file(attempt) {
    return join(this.folder, `attempt-${attempt}.json`);
  }
}

/** The jobs of a finished attempt. A key is the path of ids, with '#n' for a leg: 'ci/tests#1'. */
class Finished {
  constructor({ records, nodes }) {
    this.records = records;
    this.nodes = nodes;
  }

  /** Whether "re-run failed jobs" runs this job, or a part of it, again. */
  isUndone(key) {
    return UNDONE.includes(this.nodes[key]?.result) || this.under(key).some(({ result }) => UNDONE.includes(result));
  }

  /** The records of a job, of its legs and of the jobs it called. */
  under(key) {
    return this.records.filter(
      (record) => record.key === key || record.key.startsWith(`${key}#`) || record.key.startsWith(`${key}/`),
    );
  }

  nodesUnder(key) {
    return Object.entries(this.nodes).filter(
      ([name]) => name === key || name.startsWith(`${key}#`) || name.startsWith(`${key}/`),
    );
  }
}
