"""python-telegram-bot can't tell the fake Bot API server from the real one."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    ChatFullInfo,
    ChatMemberOwner,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputFile,
    InputMediaDocument,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.constants import BOT_API_VERSION, ChatAction, ReactionEmoji, UpdateType
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.methods_messages import ACTIONS, REACTIONS
from tests.fakes.telegram.specs import SPECS
from tests.fakes.telegram.updates import UPDATE_KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

CHAT, GROUP, FORUM, ANN = 1001, -2001, -1003001, 7
Context = ContextTypes.DEFAULT_TYPE
# what the library adds for its callers' convenience, or leaves to its own types
NOT_SENT = frozenset({
    "self", "read_timeout", "write_timeout", "connect_timeout", "pool_timeout", "api_kwargs",
    "disable_web_page_preview", "reply_to_message_id", "allow_sending_without_reply", "filename",
    "current_offset",
})  # fmt: skip


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram("1:TEST", "briefing_test_bot", limits=None) as started:
        started.private(CHAT, first_name="Ann")
        started.group(GROUP, members=[ANN])
        started.supergroup(FORUM, forum=True, members=[ANN])
        yield started


def with_bot(server: FakeTelegram, use: Callable[[Bot], Awaitable[None]]) -> None:
    async def run() -> None:
        bot = Bot("1:TEST", base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot")
        async with bot:
            await use(bot)

    asyncio.run(run())


def snake(method: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)


# -- the documentation, as the library knows it -----------------------------------------------


def test_the_library_speaks_the_version_the_fake_was_written_for() -> None:
    assert BOT_API_VERSION == "10.0"


@pytest.mark.parametrize("method", sorted(SPECS))
def test_every_parameter_of_a_method_is_known(method: str) -> None:
    known = set(inspect.signature(getattr(Bot, snake(method))).parameters) - NOT_SENT
    assert set(SPECS[method]) == known


def test_the_constants_agree() -> None:
    assert {each.value for each in UpdateType} == UPDATE_KINDS
    assert {each.value for each in ChatAction} == ACTIONS
    assert {each.value for each in ReactionEmoji} == REACTIONS


# -- single calls -----------------------------------------------------------------------------


def test_messages_and_edits(server: FakeTelegram) -> None:
    topic = server.topic(FORUM, "Digests")

    async def use(bot: Bot) -> None:
        button = InlineKeyboardButton("Footnotes", callback_data="f:1")
        sent = await bot.send_message(
            FORUM,
            "<b>Quote</b> [1]",
            parse_mode="HTML",
            message_thread_id=topic,
            reply_markup=InlineKeyboardMarkup([[button]]),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            disable_notification=True,
        )
        assert sent.is_topic_message
        assert sent.text_html == "<b>Quote</b> [1]"
        entity = MessageEntity(MessageEntity.ITALIC, 0, 3)
        edited = await sent.edit_text("new", entities=[entity])
        assert isinstance(edited, Message)
        assert edited.entities == (entity,)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text("new", entities=[entity])
        await sent.edit_reply_markup(InlineKeyboardMarkup([[button]]))
        reply = await bot.send_message(
            FORUM, "r", reply_parameters=ReplyParameters(sent.message_id)
        )
        assert reply.reply_to_message is not None
        assert await sent.delete()
        assert await reply.set_reaction("👍")
        assert await bot.send_chat_action(FORUM, ChatAction.TYPING, message_thread_id=topic)

    with_bot(server, use)
    assert server.log[0].thread_id == topic
    server.assert_clean()


def test_files(server: FakeTelegram) -> None:
    async def use(bot: Bot) -> None:
        export = InputFile(b"[1] Source", "citations.md")
        sent = await bot.send_document(CHAT, export, caption="*c*", parse_mode="MarkdownV2")
        assert sent.document is not None
        file = await sent.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"[1] Source"
        media = InputMediaDocument(b"[2] Source", filename="more.md", caption="d")
        edited = await sent.edit_media(media)
        assert isinstance(edited, Message)
        assert edited.document is not None
        assert edited.document.file_name == "more.md"

    with_bot(server, use)
    server.assert_clean()


def test_menus_chats_and_members(server: FakeTelegram) -> None:
    async def use(bot: Bot) -> None:
        assert bot.username == "briefing_test_bot"
        commands = [BotCommand("ask", "Ask the reports")]
        await bot.set_my_commands(commands, scope=BotCommandScopeChat(CHAT), language_code="en")
        scope = BotCommandScopeChat(CHAT)
        assert await bot.get_my_commands(scope=scope, language_code="en") == tuple(commands)
        await bot.set_my_description("Quotes")
        await bot.set_my_short_description("Quotes")
        full = await bot.get_chat(GROUP)
        assert isinstance(full, ChatFullInfo)
        assert isinstance(await bot.get_chat_member(GROUP, ANN), ChatMemberOwner)
        assert len(await bot.get_chat_administrators(GROUP)) == 1
        info = await bot.get_webhook_info()
        assert info.url == ""

    with_bot(server, use)
    server.assert_clean()


def test_errors_are_what_the_library_expects(
    server: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    # without it the library warns that retry_after will be a timedelta
    monkeypatch.setenv("PTB_TIMEDELTA", "true")

    async def use(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(31337, "x")
        server.user_blocks(CHAT)
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(CHAT, "x")
        server.user_unblocks(CHAT)
        server.faults.add(kind="migrate", chat_id=GROUP, migrate_to=-1005)
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(GROUP, "x")
        assert moved.value.new_chat_id == -1005
        server.faults.add(kind="429", chat_id=CHAT, retry_after=9, enforce=False)
        with pytest.raises(RetryAfter, match="Retry in 0:00:09"):
            await bot.send_message(CHAT, "x")
        for kind in ("502", "drop_before", "drop_after"):
            server.faults.add(kind=kind, chat_id=CHAT)
            with pytest.raises(NetworkError):
                await bot.send_message(CHAT, "x")
        server.faults.add(kind="hang", chat_id=CHAT, accepted=True)
        with pytest.raises(TimedOut):
            await bot.send_message(CHAT, "unknown", read_timeout=0.2)

    with_bot(server, use)
    assert [record.text for record in server.log] == ["x", "unknown"]
    server.assert_clean()


def test_a_wrong_token_is_an_invalid_token(server: FakeTelegram) -> None:
    async def run() -> None:
        with pytest.raises(InvalidToken):
            async with Bot("1:WRONG", base_url=f"{server.url}/bot"):
                pass

    asyncio.run(run())


# -- whole bots -------------------------------------------------------------------------------


AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def application(server: FakeTelegram) -> AnyApplication:
    builder = Application.builder().token("1:TEST")
    builder = builder.base_url(f"{server.url}/bot").base_file_url(f"{server.url}/file/bot")
    return builder.build()


def with_application(
    server: FakeTelegram, made: AnyApplication, act: Callable[[], Awaitable[None]]
) -> None:
    async def run() -> None:
        async with made:
            await made.start()
            assert made.updater is not None
            await made.updater.start_polling(allowed_updates=Update.ALL_TYPES)
            try:
                await act()
            finally:
                await made.updater.stop()
                await made.stop()

    asyncio.run(run())
    server.assert_clean()


def test_a_bot_by_long_polling(server: FakeTelegram) -> None:
    bot = application(server)

    async def ask(update: Update, _: Context) -> None:
        assert update.effective_message is not None
        button = InlineKeyboardButton("Footnotes", callback_data="f:1")
        await update.effective_message.reply_text(
            f"about {update.effective_message.text}", reply_markup=InlineKeyboardMarkup([[button]])
        )

    async def footnotes(update: Update, _: Context) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("Three notes")
        await update.callback_query.edit_message_text("[1] A source")

    async def inline(update: Update, _: Context) -> None:
        assert update.inline_query is not None
        content = InputTextMessageContent("<i>quote</i>", parse_mode="HTML")
        await update.inline_query.answer(
            [InlineQueryResultArticle("1", "Quote", content)], cache_time=0, is_personal=True
        )

    bot.add_handler(CommandHandler("ask", ask))
    bot.add_handler(CallbackQueryHandler(footnotes))
    bot.add_handler(InlineQueryHandler(inline))
    bot.add_handler(MessageHandler(filters.TEXT, ask))

    async def act() -> None:
        server.user_says(CHAT, "peacekeepers")
        answer = await server.wait(chat_id=CHAT, contains="about peacekeepers")
        query = server.press(answer, label="Footnotes")
        edited = await server.wait(method="editMessageText", contains="[1] A source")
        assert edited.message_id == answer.message_id
        assert server.callback_answers[query]["text"] == "Three notes"
        server.user_says(GROUP, "/ask@briefing_test_bot air defence", user=ANN)
        await server.wait(chat_id=GROUP, contains="air defence")
        asked = server.inline_query(ANN, "quote")
        await server.wait(method="answerInlineQuery")
        assert asked in server.inline_answers

    with_application(server, bot, act)
    assert server.unanswered() == []


def test_an_outage_of_polling_loses_nothing(server: FakeTelegram) -> None:
    bot, heard = application(server), []

    async def hear(update: Update, _: Context) -> None:
        assert update.effective_message is not None
        heard.append(update.effective_message.text)
        await update.effective_message.reply_text("ok")

    bot.add_handler(MessageHandler(filters.TEXT, hear))
    server.faults.add(kind="502", method="getUpdates")
    server.faults.add(kind="drop_before", method="getUpdates")
    server.faults.add(kind="duplicate_update", chat_id=CHAT)

    async def act() -> None:
        server.user_says(CHAT, "first")
        await server.wait(method="sendMessage", count=2)
        server.user_says(CHAT, "second")
        await server.wait(method="sendMessage", count=3)

    with_application(server, bot, act)
    assert heard == ["first", "first", "second"]


def test_two_bots_on_one_token_conflict(server: FakeTelegram) -> None:
    async def run() -> None:
        first = Bot("1:TEST", base_url=f"{server.url}/bot")
        second = Bot("1:TEST", base_url=f"{server.url}/bot")
        async with first, second:
            waiting = asyncio.create_task(first.get_updates(timeout=10))
            await asyncio.sleep(0.3)
            taking_over = asyncio.create_task(second.get_updates(timeout=10))
            with pytest.raises(Conflict, match="terminated by other getUpdates"):
                await waiting
            server.user_says(CHAT, "x")
            assert len(await taking_over) == 1

    asyncio.run(run())
