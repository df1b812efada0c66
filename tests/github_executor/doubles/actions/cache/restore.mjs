import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";

import { flag, input, main, refuseInputs, saveState, setOutput } from "../../double.mjs";
import { cachePaths, entries } from "./store.mjs";

main(() => {
  refuseInputs({ "save-always": ["", "false"] });
  const [key, prefixes] = [
    input("key"),
    input("restore-keys")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  ];
  const all = entries();
  const found =
    all.find((entry) => entry.key === key) ??
    [key, ...prefixes].map((prefix) => all.find((entry) => entry.key.startsWith(prefix))).find(Boolean);
  setOutput("cache-primary-key", key);
  saveState("key", key);
  if (found === undefined) {
    if (flag("fail-on-cache-miss"))
      throw new Error(`Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: ${key}`);
    console.log(`Cache not found for input keys: ${[key, ...prefixes].join(", ")}`);
    return;
  }
  if (!flag("lookup-only")) {
    cachePaths().forEach((path, index) => {
      const kept = join(found.folder, String(index));
      if (existsSync(kept)) cpSync(kept, path, { recursive: true, force: true });
    });
  }
  saveState("matched", found.key);
  setOutput("cache-matched-key", found.key);
  setOutput("cache-hit", String(found.key === key));
  console.log(`Cache restored from key: ${found.key}`);
});
