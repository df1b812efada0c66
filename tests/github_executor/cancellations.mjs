// Which jobs somebody cancels, and when: before they start.

import { BadInput } from "./refusals.mjs";

export class Cancellations {
  #unused;

  /**
   * @param jobs keys ('ci/tests', 'ci/tests#1') or check names of single jobs, as by a job's own concurrency group
   * @param runBefore the key or check name of the job before which the whole run is cancelled
   */
  constructor(jobs, runBefore) {
    this.jobs = jobs;
    this.runBefore = runBefore;
    this.#unused = new Set(runBefore === undefined ? jobs : [...jobs, runBefore]);
  }

  names(key, name) {
    const found = [key, name].filter((candidate) => this.jobs.includes(candidate));
    found.forEach((candidate) => this.#unused.delete(candidate));
    return found.length > 0;
  }

  beforeJob(run, key, name) {
    if (this.runBefore !== key && this.runBefore !== name) return;
    run.isCancelled = true;
    this.#unused.delete(this.runBefore);
  }

  /** A name that meets no job would make a test pass that tests nothing. */
  checkUsed() {
    if (this.#unused.size > 0)
      throw new BadInput(`'cancel' names jobs that this run does not start: ${[...this.#unused].join(", ")}`);
  }
}
