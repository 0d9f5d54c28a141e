"""The page's server: a few fixed routes, JSON in and out, events of a run as they come."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio.to_thread
import plotly
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from talentsim.config import UserError
from talentsim.dashboard import answer, catalogue, exports
from talentsim.dashboard.answer import Answer
from talentsim.dashboard.chosen import choice_of, policy_at_fault
from talentsim.dashboard.desk import Desk, Question
from talentsim.dashboard.engine import Engine
from talentsim.dashboard.exports import FullJob
from talentsim.dashboard.guard import REPORT_POLICY, Guard
from talentsim.dashboard.live_runs import LiveRun, Runs
from talentsim.dashboard.looked_at import is_focus
from talentsim.ensemble.session import Cancelled
from talentsim.report.workbook import workbook_of

STATIC = {"/": ("index.html", "text/html"), "/page.css": ("page.css", "text/css"), "/icon.svg": ("icon.svg", "image/svg+xml"),
          **{f"/{name}.js": (f"{name}.js", "text/javascript") for name in ("page", "state", "panel", "charts", "map", "run", "words", "show", "add", "hangs", "focus", "out")}}
"""The page's own files by address; no other file is served, and no part of an address is ever a path."""

BUNDLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_JOBS = 4


class Page:
    """Handlers of one server."""

    def __init__(self, desk: Desk, engine: Engine) -> None:
        self.desk, self.engine, self.runs = desk, engine, Runs(engine)
        self.jobs: dict[str, FullJob] = {}

    def routes(self) -> list[Route]:
        """Return every address that is served."""
        static = [Route(path, partial(_file, name, kind)) for path, (name, kind) in STATIC.items()]
        return [*static, Route("/plotly.js", _bundle), Route("/api/alive", _alive),
                Route("/api/offer", self.offer, methods=["POST"]), Route("/api/map", self.map, methods=["POST"]), Route("/api/command", self.command, methods=["POST"]),
                Route("/api/runs", self.start, methods=["POST"]), Route("/api/runs/{run}/events", self.events),
                Route("/api/runs/{run}/stop", self.stop, methods=["POST"]), Route("/api/runs/{run}/view", self.view, methods=["POST"]),
                Route("/api/runs/{run}/numbers", self.numbers, methods=["POST"]),
                Route("/api/runs/{run}/under", self.under, methods=["POST"]),
                Route("/api/runs/{run}/tables.zip", self.tables), Route("/api/runs/{run}/workbook.xlsx", self.workbook), Route("/api/scenario", self.scenario, methods=["POST"]),
                Route("/api/full", self.full, methods=["POST"]), Route("/api/full/{job}", self.full_state),
                Route("/reports/{job}", self.report)]

    async def offer(self, request: Request) -> Response:
        """Say what can be chosen in a world, and describe what is."""
        question = await self._question(await _json(request))
        return JSONResponse(await anyio.to_thread.run_sync(catalogue.offered, self.desk, question))

    async def map(self, request: Request) -> Response:
        """Draw the map of a world."""
        question = await self._question(await _json(request))
        return JSONResponse(await anyio.to_thread.run_sync(catalogue.atlas, tuple(question.scenario.world.countries)))

    async def command(self, request: Request) -> Response:
        """Say the command line of a question."""
        return JSONResponse({"command": (await self._question(await _json(request))).command})

    async def start(self, request: Request) -> Response:
        """Begin to answer a question; the tab's run before it ends."""
        sent = await _json(request)
        tab = sent.pop("tab", None)
        if not isinstance(tab, str) or not 8 <= len(tab) <= 64 or not tab.replace("-", "").isalnum():
            raise HTTPException(422, "the tab has no name")
        turn = self.runs.turn(tab)
        question = await self._question(sent)
        described = await anyio.to_thread.run_sync(catalogue.described, self.desk, question)
        run = self.runs.start(tab, question, turn)
        return JSONResponse({"run": run.id, **described})

    async def events(self, request: Request) -> Response:
        """Stream what a run tells."""
        return StreamingResponse(self._run(request).events(), media_type="text/event-stream")

    async def stop(self, request: Request) -> Response:
        """End a run."""
        self._run(request).stop()
        return JSONResponse({})

    async def view(self, request: Request) -> Response:
        """Say what an answer holds of one country and year; nothing is run for it."""
        run, sent = self._run(request), await _json(request)
        focus, year = _looked_at(run, sent.get("focus"), sent.get("year"))
        seen = sent.get("seen", 0)
        if type(seen) is not int or not 0 <= seen <= run.question.scenario.ensemble.replications:
            raise HTTPException(422, "no such number of pairs")
        _, found = self._answered(request)
        return JSONResponse(await _unless_left(found.view, focus, year, seen))

    async def numbers(self, request: Request) -> Response:
        """Say a run's latest numbers with a group of countries among them; nothing is run for it."""
        run, sent = self._run(request), await _json(request)
        focus, _ = _looked_at(run, sent.get("focus"), run.question.scenario.headline_year)
        return JSONResponse(await anyio.to_thread.run_sync(run.looks_at, focus))

    async def under(self, request: Request) -> Response:
        """Answer a run's question under another structure, from a sample of the people; with none named, as it is."""
        run, sent = self._run(request), await _json(request)
        name = sent.get("structure")
        if name is not None and (not isinstance(name, str) or name not in run.question.scenario.compare.structures):
            raise HTTPException(422, "no such structure")

        def ask() -> dict[str, Any]:
            asked = run.question if name is None else self.desk.under(run.question, name)
            return answer.under(asked.scenario, self.engine.under(asked.baseline, asked.scenario, lambda: run.is_forgotten), run.groups)

        return JSONResponse(await _unless_left(ask))

    async def tables(self, request: Request) -> Response:
        """Hand out every table of an answer."""
        run, found = self._answered(request)
        focus, year = _asked_at(request, run)
        content = await anyio.to_thread.run_sync(lambda: exports.tables_zip(found.tables(focus, year)))
        return Response(content, media_type="application/zip", headers=_download(f"{run.question.scenario.scenario.name}-tables.zip"))

    async def workbook(self, request: Request) -> Response:
        """Hand out an answer as an Excel workbook."""
        run, found = self._answered(request)
        focus, year = _asked_at(request, run)
        asked = await anyio.to_thread.run_sync(self.desk.question, run.question.choice.model_copy(update={"focus": focus, "year": year}))
        content = await anyio.to_thread.run_sync(lambda: workbook_of(found.results(asked.overrides, focus, year)))
        return Response(content, media_type=XLSX, headers=_download(f"{run.question.scenario.scenario.name}.xlsx"))

    async def scenario(self, request: Request) -> Response:
        """Hand out a scenario as YAML."""
        name, text = exports.scenario_yaml(await self._question(await _json(request)))
        return Response(text, media_type="application/yaml", headers=_download(name))

    async def full(self, request: Request) -> Response:
        """Begin the main job."""
        if sum(job.state == "working" for job in self.jobs.values()) >= MOST_JOBS:
            raise HTTPException(429, "too many full comparisons are running already")
        question = await self._question(await _json(request))
        name = secrets.token_urlsafe(9)
        self.jobs[name] = await anyio.to_thread.run_sync(exports.run_in_full, name, question, self.desk.config_dir)
        return JSONResponse({"job": name})

    async def full_state(self, request: Request) -> Response:
        """Say what has become of a main job."""
        job = self._job(request)
        return JSONResponse({"state": job.state, "words": job.said, "folder": str(job.folder)})

    async def report(self, request: Request) -> Response:
        """Hand out a main job's report."""
        job = self._job(request)
        if job.state != "done":
            raise HTTPException(404, "there is no report yet")
        return FileResponse(job.folder / "report.html", headers={"content-security-policy": REPORT_POLICY})

    def leave(self) -> None:
        """Ask whatever still runs to end."""
        self.runs.stop_all()
        for job in self.jobs.values():
            job.stop()

    def close(self) -> None:
        """End whatever still runs, and the workers."""
        self.leave()
        self.engine.close()

    async def _question(self, sent: dict[str, Any]) -> Question:
        return await anyio.to_thread.run_sync(lambda: self.desk.question(choice_of(sent)))

    def _run(self, request: Request) -> LiveRun:
        run = self.runs.find(request.path_params["run"])
        if run is None:
            raise HTTPException(404, "there is no such run, or it has been forgotten")
        return run

    def _answered(self, request: Request) -> tuple[LiveRun, Answer]:
        run = self._run(request)
        if run.answer is None:
            raise HTTPException(404, "no answer yet")
        return run, run.answer

    def _job(self, request: Request) -> FullJob:
        job = self.jobs.get(request.path_params["job"])
        if job is None:
            raise HTTPException(404, "there is no such job")
        return job


def application(desk: Desk, hosts: Iterable[str], engine: Engine | None = None) -> Starlette:
    """Make the application that serves some hosts, with the port."""
    page = Page(desk, engine or Engine())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        yield
        await anyio.to_thread.run_sync(page.close)

    app = Starlette(routes=page.routes(), middleware=[Middleware(Guard, hosts=hosts)], lifespan=lifespan,
                    exception_handlers={UserError: _user_error, HTTPException: _http_error, Cancelled: _cancelled})
    app.state.page = page
    return app


async def _json(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(await request.body(), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):        # nested too deep to be read is none either
        raise HTTPException(400, "this is not JSON") from None
    if not isinstance(sent, dict):
        raise HTTPException(422, "a JSON object is expected")
    return sent


async def _unless_left(work: Callable[..., Any], *asked: Any) -> Any:
    """Return what a work gives; None where the tab has asked another question since: that is no error, and none is told."""
    try:
        return await anyio.to_thread.run_sync(work, *asked)
    except Cancelled:
        return None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose every key stands there once: of two values one would be passed over in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise HTTPException(400, f"{twice[:40].encode(errors='replace').decode()!r} is there twice")
    return found


def _looked_at(run: LiveRun, focus: Any, year: Any) -> tuple[str, int]:
    """Return what of an answer is asked for, once it is known to be there."""
    world = run.question.scenario.world
    if not is_focus(run.question.scenario, focus) or type(year) is not int or not world.start_year <= year <= world.end_year:
        raise HTTPException(422, "no such country or year")
    return focus, year


def _asked_at(request: Request, run: LiveRun) -> tuple[str, int]:
    """Return what a download looks at: what its address says, or what the run was asked for."""
    year = request.query_params.get("year", str(run.question.scenario.headline_year))
    return _looked_at(run, request.query_params.get("focus", run.question.scenario.focus), int(year) if re.fullmatch(r"[0-9]{1,4}", year) else None)


async def _user_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)
    policy, field = policy_at_fault(error)
    return JSONResponse({"error": error.message, "policy": policy, "field": field}, 422)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


async def _cancelled(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "another question has been asked"}, 409)


async def _file(name: str, kind: str, _: Request) -> Response:
    return FileResponse(str(files("talentsim.dashboard").joinpath("static", name)), media_type=kind)


async def _bundle(_: Request) -> Response:
    return FileResponse(BUNDLE, media_type="text/javascript", headers={"cache-control": "private, max-age=86400"})


async def _alive(_: Request) -> Response:
    return JSONResponse({})


def _download(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
