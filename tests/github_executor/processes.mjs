// Starts one program of a step in the closed environment it is given, and ends it when its time is over.

import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

const SIGNALS = [
  ["SIGINT", 0],
  ["SIGTERM", 1000],
  ["SIGKILL", 2000],
];
// Long steps ('sleep 600' in a test of timeouts) must not be waited for by setTimeout's 32-bit limit.
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Runs a program with its output, both streams in order, in a file.
 * @returns {code, timedOut, error}: error where it could not be started
 */
export function execute({ file, args, cwd, env, logPath, deadline }) {
  const log = openSync(logPath, "a");
  return new Promise((resolve) => {
    // A process group of its own, so that a timeout also ends what the program started.
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", log, log], detached: true });
    const timers = [];
    let timedOut = false;
    if (deadline !== Infinity) {
      for (const [signal, delay] of SIGNALS) {
        const left = Math.min(Math.max(deadline - Date.now(), 0) + delay, LONGEST_TIMER);
        timers.push(
          setTimeout(() => {
            timedOut = true;
            signalGroup(child.pid, signal);
          }, left),
        );
      }
    }
    const finish = (result) => {
      timers.forEach(clearTimeout);
      // What a program started in the background does not hear the first signal.
      if (timedOut) signalGroup(child.pid, "SIGKILL");
      closeSync(log);
      resolve(result);
    };
    child.on("error", (error) => finish({ code: null, timedOut: false, error }));
    child.on("exit", (code, signal) =>
      finish({ code: code ?? 128 + signalNumber(signal), timedOut, error: undefined }),
    );
  });
}

/** Ends what a job left running, as the runner does: all its processes have a mark in their environment. */
export function endOrphans(mark) {
  const wanted = `RUNNER_TRACKING_ID=${mark}`;
  let processes = [];
  try {
    processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  } catch {
    return;
  }
  for (const id of processes) {
    try {
      if (readFileSync(`/proc/${id}/environ`, "utf8").split("\0").includes(wanted)) process.kill(Number(id), "SIGKILL");
    } catch {
      // It ended by itself, or is not ours to read.
    }
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is already gone.
  }
}

function signalNumber(signal) {
  return { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0;
}
