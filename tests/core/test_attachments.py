"""Files given with a question: what is a picture, and which pieces of long texts are shown."""

from __future__ import annotations

import pytest

from sage.core.attachments import LARGEST_IMAGE, MOST_PASSAGES, Attached, chosen, image_of, joined
from sage.core.chat_prompt import MOST_IMAGE_TOKENS, chat_messages, most_request_tokens, with_images
from sage.core.errors import Unreadable
from sage.core.messages import Image, Message, ModelRequest
from sage.core.passages import Hit

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a..", "image/gif"),
        (b"RIFF0000WEBP", "image/webp"),
    ],
)
def test_a_picture_is_known_by_how_it_begins(data: bytes, media: str) -> None:
    assert image_of("a.bin", data) == Image(media, data)
    assert image_of("a.png", b"plain text") is None


def test_a_picture_that_no_model_takes_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"a.png is a picture of 5.0 MB"):
        image_of("a.png", PNG + bytes(LARGEST_IMAGE))


def test_the_pieces_nearest_to_the_question_are_shown_in_their_order() -> None:
    pieces = tuple(Hit(f"a{n}", "r.pdf", f"Page {n}", 1, 0, 9, f"Part {n} about stones.") for n in range(30))
    dragon = Hit("d", "r.pdf", "Page 31", 1, 0, 9, "The dragon eats at noon.")
    shown = chosen(
        "When does the dragon eat?", joined([Attached(pieces), Attached((dragon,), unread="Page 2 is empty.")])
    )
    assert len(shown.passages) == MOST_PASSAGES and shown.passages[-1] == dragon
    assert shown.unread.startswith("Page 2 is empty. Of what is attached, 12 of 31 pieces are shown")
    few = Attached(pieces[:3])
    assert chosen("?", few) is few


def test_pictures_stand_with_the_last_words_and_count_at_their_most() -> None:
    request = ModelRequest("", (Message("user", "Before"), Message("assistant", "Yes"), Message("user", "What is it?")))
    seen = with_images(chat_messages(request), [Image("image/png", PNG)])
    assert [part["type"] for part in seen[-1]["content"]] == ["text", "image_url"] and seen[0]["content"] == "Before"
    assert seen[-1]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,iVBORw0")
    with_one = ModelRequest("", request.messages, images=(Image("image/png", PNG),))
    assert most_request_tokens(with_one) - most_request_tokens(request) == MOST_IMAGE_TOKENS
