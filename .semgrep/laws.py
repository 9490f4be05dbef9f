# ruff: noqa
"""What the laws refuse and what they let pass: `semgrep --test .semgrep`."""


class Store:
    async def within_its_workspace(self, workspace: Workspace, story_id: str) -> None:
        # ok: asks-within-its-workspace
        await self.connection.execute(select(stories).where(within(stories, workspace, id=story_id)))

    async def by_a_condition(self, workspace: Workspace) -> None:
        theirs = within(stories, workspace)
        # ok: asks-within-its-workspace
        await self.connection.execute(delete(stories).where(theirs))

    async def of_its_workspace(self, workspace: Workspace) -> None:
        values = {**of(workspace), "id": 1}
        # ok: asks-within-its-workspace
        await self.connection.execute(update(stories).values(values))

    async def in_all_workspaces(self, workspace: Workspace, story_id: str) -> None:
        # ruleid: asks-within-its-workspace
        await self.connection.execute(select(stories).where(stories.c.id == story_id))

    async def everywhere(self, workspace: Workspace) -> None:
        # ruleid: asks-within-its-workspace
        await self.connection.execute(delete(stories))


def sql(connection, cursor, name):
    # ruleid: no-sql-made-of-strings
    connection.execute(text(f"SELECT * FROM stories WHERE name = '{name}'"))
    # ruleid: no-sql-made-of-strings
    connection.execute(text("SELECT * FROM stories WHERE name = " + name))
    # ruleid: no-sql-made-of-strings
    cursor.execute(f"DELETE FROM {name}")
    # ok: no-sql-made-of-strings
    connection.execute(text("SELECT 1"))


def logs(body, event, error, said):
    # ruleid: logs-no-words
    log.info("got %s", body)
    # ruleid: logs-no-words
    log.debug("%s said %s", error, event)
    # ruleid: logs-no-words
    log.error(f"lost {error}")
    # ruleid: logs-no-words
    log.warning("heard %s", said["text"])
    # ruleid: logs-no-words
    log.warning("answering at %s", said.get("response_url"))
    # ok: logs-no-words
    log.warning("An answer needs the database (%s)", error)


async def waits(client):
    # ruleid: no-auth-test-while-somebody-waits
    await client.auth_test()
    # ruleid: calls-nobody-while-the-loop-waits
    time.sleep(1)
    # ok: calls-nobody-while-the-loop-waits
    await asyncio.sleep(1)


# ruleid: calls-nobody-while-the-loop-waits
import requests


def swallows():
    # ruleid: swallows-no-error
    try:
        work()
    except:
        log.error("lost")
    # ruleid: swallows-no-error
    try:
        work()
    except Exception:
        pass
    # ruleid: no-error-caught-in-a-listener
    try:
        work()
    except Exception as error:
        tell(error)
    # ok: swallows-no-error
    # ok: no-error-caught-in-a-listener
    try:
        work()
    except ValueError:
        pass


async def follows(session, body, url):
    # ruleid: posts-to-trusted-addresses-only
    await session.post(body["response_url"])
    # ruleid: posts-to-trusted-addresses-only
    await session.post(url, allow_redirects=True)
    # ruleid: verifies-certificates
    await session.get(url, ssl=False)
    # ok: posts-to-trusted-addresses-only
    # ok: verifies-certificates
    await session.post(url, allow_redirects=False)


def compares(signature, secret, given):
    # ruleid: compares-secrets-in-the-same-time
    if signature == given:
        return True
    # ok: compares-secrets-in-the-same-time
    return hmac.compare_digest(secret, given)


def reads(data):
    # ruleid: unpickles-nothing
    pickle.loads(data)
    # ruleid: unpickles-nothing
    yaml.safe_load(data)
    # ruleid: unpickles-nothing
    np.load(data, allow_pickle=True)
    # ok: unpickles-nothing
    json.loads(data)
