// Why an execution ends before, or in the middle of, the workflow. All of them end it with exit code 2.

/** GitHub would not start this workflow: a start-up failure there. */
export class Invalid extends Error {
  conclusion = "startup_failure";
}

/** GitHub may run this, the executor does not know how. Never ignored: an ignored key would be a false green. */
export class Unmodelled extends Error {
  conclusion = "unmodelled";
}

/** The test asks for something impossible. */
export class BadInput extends Error {
  conclusion = "bad_input";
}

/** Ends the whole execution, unlike an error inside a job, which only fails that job. */
export function endsEverything(error) {
  return error instanceof Invalid || error instanceof Unmodelled || error instanceof BadInput;
}
