"""Runs stages and leaves their evidence: static stages first and together, then test stages together.

Test stages that the policy wants ``alone`` come last, one after the other. One that failed beside others is run again
alone, if that was asked for.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from testkeep.errors import EvidenceError, Interrupted
from testkeep.formats import evidence_json, journal
from testkeep.model.evidence import REFUSED, Evidence, FirstTry
from testkeep.model.stage import Stage
from testkeep.model.static_tool import called
from testkeep.model.tool_output import ToolOutput
from testkeep.pipeline.context import Project
from testkeep.pipeline.gather import read_job
from testkeep.pipeline.measuring import make_portable
from testkeep.pipeline.plans import RunOptions, StagePlan, make_plans, record_of
from testkeep.pipeline.progress import JournalReader, Phase, StageProgress, Watcher
from testkeep.pipeline.stage_results import result_of
from testkeep.rules.neighbours import Found, disturbed, join
from testkeep.rules.quarantine import in_quarantine
from testkeep.rules.validity import is_doubted_only
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import read_output
from testkeep.system.process import Ended, Tasks

_LOOK_EVERY_S = 0.25
_USAGE_ERROR = 4
_OPEN = (Phase.WAITING, Phase.RUNNING)
_BAD = (Phase.FAILED, Phase.ERROR)


def run_stages(project: Project, options: RunOptions, watcher: Watcher) -> None:
    """Run stages; each leaves its record in the evidence folder, or the journal of a job that did not finish.

    A stage that fails keeps no other from running, unless ``fail_fast`` is set. If a stage that failed beside others
    passes alone, the stages that it cut off by failing are run after all.

    Raises:
        Interrupted: the user stopped the run; every child process has ended.
        EvidenceError: the evidence cannot be written.
    """
    run = _Run(project, options, watcher)
    static = [stage for stage in options.stages if stage.is_static]
    tests = [stage for stage in options.stages if not stage.is_static]
    alone = [stage for stage in tests if stage in project.policy.suites.alone]
    try:
        run.together(static)
        for stages in ([stage for stage in tests if stage not in alone], *([stage] for stage in alone)):
            if not (options.fail_fast and run.any_failed):
                run.tests(stages)
    except KeyboardInterrupt as interrupt:
        cut = run.give_up("interrupted")
        raise Interrupted(f"interrupted; cut off: {', '.join(cut) or 'nothing'}. Nothing was judged.") from interrupt


class _Run:
    """The state of a run: where each stage stands."""

    def __init__(self, project: Project, options: RunOptions, watcher: Watcher) -> None:
        self._project = project
        self._options = options
        self._folder: EvidenceFolder = options.folder
        self._watcher = watcher
        self._stages = {stage: StageProgress(stage) for stage in options.stages}
        self._readers = {
            stage: JournalReader(self._folder, options.job(stage).stem)
            for stage in options.stages
            if not stage.is_static
        }
        self._begun: dict[Stage, float] = {}
        self._first_tries: dict[Stage, FirstTry] = {}
        self._cut: set[Stage] = set()
        # A second try would take as long again.
        self._late: set[Stage] = set()
        self._looked = 0.0

    @property
    def any_failed(self) -> bool:
        """Whether a stage ended and did not pass."""
        return any(now.phase in _BAD for now in self._stages.values())

    def tests(self, stages: Sequence[Stage]) -> None:
        """Run test stages together; one that failed beside others runs again alone, and only that run is judged."""
        ran = self.together(stages)
        beside = {Stage(task): {Stage(other) for other in others} for task, others in ran.items()}
        tries = self._disturbed(stages, beside) if self._options.again_alone else {}
        for stage, first in tries.items():
            named = join(first.beside)
            self._watcher.again(stage, f"{stage} failed beside {named}, runs again alone")
            self._start_over(stage)
            self._first_tries[stage] = first
        for stage in tries:
            self.together([stage])
            if self._options.fail_fast and self._failed([stage]):
                return
        cut = [stage for stage in stages if stage in self._cut or self._stages[stage].phase is Phase.WAITING]
        if tries and cut and not self._failed(set(stages) - set(cut)):
            for stage in cut:
                self._start_over(stage)
            self.tests(cut)

    def _disturbed(self, stages: Sequence[Stage], beside: Mapping[Stage, set[Stage]]) -> dict[Stage, FirstTry]:
        """The stages that ended badly, if their neighbours may be to blame."""
        ended = self._cut | self._late
        if not any(beside.get(stage) for stage in self._failed(stages) if stage not in ended):
            return {}
        found: dict[Stage, Found] = {}
        for stage in beside:
            with contextlib.suppress(EvidenceError):  # whoever judges it says what is wrong with it
                found[stage] = read_job(self._folder, self._stem(stage))
        tries = disturbed(found, beside, _in_quarantine(self._project))
        return {stage: first for stage, first in tries.items() if stage not in ended}

    def _start_over(self, stage: Stage) -> None:
        self._folder.start_over(self._stem(stage))
        self._readers[stage] = JournalReader(self._folder, self._stem(stage))
        self._stages[stage] = StageProgress(stage)
        self._begun.pop(stage, None)
        self._cut.discard(stage)

    def _failed(self, stages: Iterable[Stage]) -> list[Stage]:
        return [stage for stage in stages if self._stages[stage].phase in _BAD]

    def together(self, stages: Sequence[Stage]) -> Mapping[str, set[str]]:
        """Run several stages at the same time, and close each when the last of its processes has ended.

        Returns for each process which others ran beside it.
        """
        plans = make_plans(self._project, self._options, stages)
        tasks = Tasks(self._options.jobs)

        def tick() -> None:
            running = {Stage(name.partition(".")[0]) for name in tasks.running}
            for stage in running - self._begun.keys():
                self._begun[stage] = time.time()
            over = [p for p in plans if self._stages[p.stage].phase in _OPEN and p.is_over(tasks.ended)]
            for plan in over:
                self._close(plan, tasks.ended)
            if over or time.time() - self._looked > _LOOK_EVERY_S:
                self._update(running)

        tasks.run(
            [task for plan in plans for task in plan.tasks],
            tick,
            lambda: self._options.fail_fast and bool(self._failed(stages)),
        )
        tick()
        return tasks.beside

    def give_up(self, cause: str) -> list[str]:
        """Note in the evidence that the open stages were cut off, and describe them."""
        cut = [stage for stage, now in self._stages.items() if now.phase in _OPEN]
        for stage in cut:
            if stage in self._begun and self._folder.read_record(self._stem(stage)) is None:
                self._note(stage, cause)
        return [self._how_far(stage) for stage in cut]

    def _stem(self, stage: Stage) -> str:
        return self._options.job(stage).stem

    def _how_far(self, stage: Stage) -> str:
        if stage not in self._begun:
            return f"{stage} (not started)"
        if stage not in self._readers:
            return str(stage)
        data = self._folder.read_record(self._stem(stage))  # an interrupted pytest still makes its record
        if data is not None:
            suite = evidence_json.loads(data, stage).suite
            tests = suite.tests if suite else ()
            n_run, total = sum(test.execution is not None for test in tests), len(tests)
        else:
            reader = self._readers[stage]
            reader.look()
            n_run, total = reader.counts.total(), reader.total
        return f"{stage} ({n_run} of {total} tests had run)"

    def _note(self, stage: Stage, cause: str) -> None:
        runner = self._folder.journal(self._stem(stage), "runner")
        runner.write(journal.encode(journal.Stopped(cause=cause)))
        runner.close()

    def _close(self, plan: StagePlan, ended: Mapping[str, Ended]) -> None:
        stage = plan.stage
        if any(ended[task.name].cut for task in plan.tasks):
            self._cut.add(stage)
            self._note(stage, "cut off by --fail-fast")
            self._set(stage, Phase.ERROR, {}, "cut off by --fail-fast")
            return
        if any(ended[task.name].timed_out for task in plan.tasks):
            self._late.add(stage)
        if stage.is_static or not plan.tasks:
            begun = self._begun.get(stage, time.time())
            made = record_of(plan, self._project, self._options.job(stage), begun, ended)
            self._folder.write_record(self._stem(stage), evidence_json.dumps(made))
        data = self._folder.read_record(self._stem(stage))
        record: Evidence | None = None
        if data is None:
            cause = _cause(ended[stage], self._project.policy.timeout, read_output(plan.tasks[0].log))
            self._note(stage, cause)
            self._set(stage, Phase.ERROR, {}, cause)
        else:
            record = evidence_json.loads(data, stage)
            if record.suite is not None:
                # pytest cannot know how long its process took to start; what people wait for is all of it.
                record = msgspec.structs.replace(
                    record,
                    duration_s=round(ended[stage].duration_s, 3),
                    first_try=self._first_tries.get(stage),
                )
                self._folder.write_record(self._stem(stage), evidence_json.dumps(record))
                with contextlib.suppress(EvidenceError):  # whoever reads the data says what is wrong with it
                    make_portable(self._project, self._folder, self._stem(stage))
            result = result_of(record, stage)
            self._set(stage, Phase(result.status), result.tests, result.detail)
        if self._stages[stage].phase in _BAD:
            self._pass_on(plan, ended, record)

    def _pass_on(self, plan: StagePlan, ended: Mapping[str, Ended], record: Evidence | None) -> None:
        """Show what the tools of a bad stage printed: those that complained, or all if none did."""
        names = [called(command.shown) for command in plan.tools] or ["pytest"]
        complaining = [index for index, task in enumerate(plan.tasks) if ended[task.name].exit_code]
        for index in complaining or range(len(plan.tasks)):
            name, task = names[index], plan.tasks[index]
            self._watcher.output(
                ToolOutput(
                    stage=plan.stage,
                    tool=name,
                    text=read_output(task.log),
                    log=str(task.log),
                    ends_with_summary=not plan.stage.is_static,
                    is_in_findings=record is not None and _is_in_findings(record, index),
                )
            )

    def _set(self, stage: Stage, phase: Phase, counts: dict[str, int], detail: str) -> None:
        duration_s = time.time() - self._begun[stage] if stage in self._begun else 0.0
        self._stages[stage] = replace(
            self._stages[stage], phase=phase, counts=counts, detail=detail, duration_s=duration_s
        )

    def _update(self, running: set[Stage]) -> None:
        self._looked = time.time()
        for stage in running:
            reader = self._readers.get(stage)
            if reader:
                reader.look()
            self._set(stage, Phase.RUNNING, dict(reader.counts) if reader else {}, "")
            if reader:
                self._stages[stage] = replace(self._stages[stage], total=reader.total)
        self._watcher.show(tuple(self._stages.values()))


def _is_in_findings(record: Evidence, index: int) -> bool:
    """Whether findings say all that is wrong with a task of a stage."""
    if record.suite is not None:
        return is_doubted_only(record.suite)
    found = record.tools[index].complaints if record.tools else ()
    return bool(found) and all(complaint.is_about_code for complaint in found)


def _in_quarantine(project: Project) -> set[str]:
    """The tests whose failure does not count. Without a base nobody has agreed to a waiver."""
    if project.policy_change is None or not project.policy.waivers:
        return set()
    today = project.repository.latest_day(project.provenance.commit)
    return {waiver.test for waiver in project.policy.waivers if in_quarantine(waiver, today)}


def _cause(ended: Ended, timeout: str, output: str) -> str:
    if ended.timed_out:
        return f"it took longer than {timeout}, the policy's timeout"
    if ended.exit_code < 0:
        return f"its process was ended by signal {-ended.exit_code}"
    if ended.exit_code == _USAGE_ERROR and (refusal := _refusal(output)):
        return f"{REFUSED}: {refusal}"
    said = next(
        (
            line.removeprefix("ERROR:").removeprefix("E").strip()
            for line in output.splitlines()
            if line.startswith(("E  ", "ERROR: "))
        ),
        "",
    )
    return f"its process ended with exit code {ended.exit_code}" + (f" ({said})" if said else "")


def _refusal(output: str) -> str:
    """Why pytest did not start: an option that nobody knows, say."""
    said = (line.partition(": error: ")[2] for line in output.splitlines())
    return next(filter(None, said), "")
