"""Discord's API and gateway over loopback, answered by simcord's model of it. Runs in the Python that has simcord.

Each token is a world of its own: `POST /control/TOKEN/world` makes one. What simcord lacks is added here: the wire itself,
refused tokens, and that a nonce is one message. A world is on disk before an answer leaves, and is there again after a kill.
"""

import asyncio
import datetime
import json
import pickle  # of its own files alone
import sys
from functools import partial
from pathlib import Path

import discord
from aiohttp import WSMsgType, web
from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError
from simcord.gateway import ShardRouter
from simcord.http import router, routes  # noqa: F401 - the second registers what the first looks up


class Now(Clock):
    def now(self):
        return datetime.datetime.now(datetime.UTC)


def answer(told, status=200, headers=None):
    """As Discord writes it: the library knows "application/json" alone. A text is a page of what stands before Discord."""
    kind, body = ("text/html", told) if isinstance(told, str) else ("application/json", json.dumps(told))
    return web.Response(body=body.encode(), status=status, headers={"Content-Type": kind, **(headers or {})})


class World:
    """One bot and what is around it."""

    def __init__(self, token, folder):
        self.token, self.file, self.scripted = token, folder / f"{token}.world", []
        self.backend, self.nonces = (
            pickle.loads(self.file.read_bytes()) if self.file.exists() else (Backend(clock=Now()), {})
        )

    def keep(self):
        listeners, self.backend.subscribers = self.backend.subscribers, []
        self.backend.transcript.clear()
        self.backend.http_requests.clear()
        anew = self.file.with_suffix(".new")
        anew.write_bytes(pickle.dumps((self.backend, self.nonces)))
        anew.replace(self.file)
        self.backend.subscribers = listeners

    # --- what the tests do

    def world(self):
        backend = self.backend
        names = ("aunt", "person", "cousin", "niece")
        users = {name: backend.make_user(f"demo_{name}", global_name=f"Demo {name.title()}").id for name in names}
        program = backend.make_user("other_program", bot=True).id
        family = self._guild("Demo family", users["aunt"], users["cousin"], users["person"])
        two = self._guild("Demo garden", users["aunt"])
        self.keep()
        return {**users, "program": program, "family": family, "garden": two}

    def _guild(self, name, *members):
        guild = self.backend.create_guild(name, owner_id=members[0])
        for each in (self.backend.bot_user.id, *members):
            self.backend.add_member(guild.id, each)
        return self.backend.create_channel(guild.id, "general").id

    def direct(self, user):
        return self.backend.get_dm_channel(user).id

    def write(self, author, text, channel=0):
        made = self.backend.create_message(channel or self.direct(author), author, text)
        self.keep()
        return made.id

    def edit(self, message, channel, text):
        at = self.backend.now_iso()
        self.backend.edit_message(channel, message, {"content": text, "edited_timestamp": at})
        self.keep()

    def rename(self, user, name):
        self.backend.users[user].global_name = name

    def join(self, user, channel):
        self.backend.add_member(self.backend.channels[channel].guild_id, user, announce=True)
        self.keep()

    def thread(self, channel, owner):
        made = self.backend.create_thread(channel, "seedlings", owner).id
        self.keep()
        return made

    def script(self, method, ends, answers, taken):
        """The next calls of this method, to an address with this end, are answered so; `taken`: and done all the same."""
        self.scripted += [(method, ends, taken, each) for each in answers]

    def scripted_for(self, method, path):
        found = next((each for each in self.scripted if each[0] == method and path.endswith(each[1])), None)
        if found:
            self.scripted.remove(found)
        return found

    def forget(self):
        self.nonces.clear()

    def sent(self):
        me, channels = self.backend.bot_user.id, self.backend.channels
        found = [each for messages in self.backend.messages.values() for each in messages.values()]
        return [
            [each.content, str(each.channel_id) if channels[each.channel_id].is_thread else ""]
            for each in sorted(found, key=lambda each: each.id)
            if each.author_id == me
        ]


class Wire:
    """What simcord takes for discord.py's state: events go out over the websocket instead."""

    def __init__(self, intents, address):
        self.intents, self.parsers, self._number, self._address = intents, self, 0, address
        self.out, self.guilds = asyncio.Queue(), []

    def __getitem__(self, event):
        return partial(self._put, event)

    get = __getitem__

    def _put(self, event, payload):
        self._number += 1
        if event == "READY":
            payload["resume_gateway_url"] = self._address
        self.out.put_nowait({"op": 0, "t": event, "s": self._number, "d": payload})


class Server:
    def __init__(self, folder):
        self._folder, self._worlds, self._open = folder, {}, {}

    def world(self, token, anew=False):
        if token not in self._worlds and (anew or (self._folder / f"{token}.world").exists()):
            self._worlds[token] = World(token, self._folder)
        return self._worlds.get(token)

    async def control(self, request):
        token, do = request.match_info["token"], request.match_info["do"]
        if do == "hang_up":  # in a way after which a bot goes on with its session: here it is forgotten, as all are
            for each in self._open.pop(token, []):
                await each.close(code=4000)
            return answer(None)
        world = self.world(token, anew=do == "world")
        return answer(getattr(world, do)(**await request.json()))

    async def api(self, request):
        world = self.world(request.headers.get("Authorization", "").removeprefix("Bot "))
        if world is None:
            return answer({"code": 0, "message": "401: Unauthorized"}, status=401)
        path, body = "/" + request.match_info["path"], await request.read()
        _, _, taken, instead = world.scripted_for(request.method, path) or (None, None, True, None)
        done = self.done(world, request, path, body) if taken else None
        return answer(*instead) if instead else done

    def done(self, world, request, path, body):
        """What simcord answers when it has done what it was asked for."""
        asked = json.loads(body) if body else None
        nonce = asked.get("nonce") if isinstance(asked, dict) and asked.get("enforce_nonce") else None
        if nonce and (path, nonce) in world.nonces:
            return answer(world.nonces[path, nonce])
        try:
            told = router.dispatch(world.backend, request.method, path, json=asked, params=dict(request.query))
        except BackendError as error:
            return answer(error.to_json(), status=error.status)
        if request.method != "GET":
            if nonce:
                world.nonces[path, nonce] = told
            world.keep()
        return answer(told) if told is not None else web.Response(status=204)

    async def gateway(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        wire, writing, backend, feed = None, None, None, None
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    continue
                asked = json.loads(frame.data)
                if asked["op"] == 1:
                    await socket.send_json({"op": 11})
                elif asked["op"] == 6:
                    await socket.send_json({"op": 9, "d": False})
                elif asked["op"] == 2:
                    world = self.world(asked["d"]["token"])
                    if world is None:
                        await socket.close(code=4004)
                        break
                    self._open.setdefault(asked["d"]["token"], []).append(socket)
                    backend = world.backend
                    wire = Wire(discord.Intents._from_value(asked["d"]["intents"]), f"ws://{request.host}/gateway")
                    shards = ShardRouter(backend, wire, lambda *_: None, 1, (0,))
                    feed = shards.feed
                    shards.identify(0)
                    for guild in backend.guilds.values():
                        feed("GUILD_CREATE", serializers.guild_create_payload(backend, guild))
                    backend.subscribers.append(feed)
                    writing = asyncio.create_task(_write(socket, wire.out))
        finally:
            if feed and feed in backend.subscribers:
                backend.subscribers.remove(feed)
            if writing:
                writing.cancel()
        return socket


async def _write(socket, out):
    while True:
        await socket.send_json(await out.get())


if __name__ == "__main__":
    server, app = Server(Path(sys.argv[2])), web.Application()
    app.router.add_post("/control/{token}/{do}", server.control)
    app.router.add_get("/gateway", server.gateway)
    app.router.add_route("*", "/api/v10/{path:.*}", server.api)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
