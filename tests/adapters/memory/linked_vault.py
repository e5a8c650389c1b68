"""A small invented vault in which an answer often stands one link away from the note that the question is about."""

from __future__ import annotations

NOTES: dict[str, str] = {
    "Projects/Harbour project.md": "# Harbour project\nThe new ferry pier. "
    "[[Mina Demo]] leads it, [[Olaf Example|Olaf]] draws the plans.",
    "Projects/Orchard project.md": "# Orchard project\nForty apple trees behind the school. "
    "Led by [[Tove Sample]].\n\n## Money\nPaid by the [[Green Fund]].",
    "Projects/Choir project.md": "# Choir project\nA winter concert with sixty voices. "
    "[[Rui Placeholder]] conducts, we rehearse in the [[Old Mill]].",
    "Projects/Kiln project.md": "# Kiln project\nA wood-fired kiln for the pottery club. [[Ada Specimen]] builds it.",
    "Projects/Bike project.md": "# Bike project\nRepairing old bicycles for newcomers. "
    "The workshop is run by [[Sam Dummy]].",
    "Projects/Radio project.md": "# Radio project\nA weekly local programme. "
    "[[Mina Demo]] reads the news; the studio belongs to [[Studio Nine]].",
    "People/Mina Demo.md": "# Mina\nLives in Bergen with two cats. Birthday on 3 May. Speaks Norwegian and Portuguese.",
    "People/Olaf Example.md": "# Olaf\nAn architect. His office is in Malmö. He is allergic to walnuts.",
    "People/Tove Sample.md": "# Tove\nTeaches biology. Lives in a houseboat near Ghent. Phone 555 0101.",
    "People/Rui Placeholder.md": "# Rui\nA conductor from Porto. Drinks only rooibos tea. "
    "His sister is [[Ines Placeholder]].",
    "People/Ines Placeholder.md": "---\naliases: [Rui's sister]\n---\nWorks as a vet. Has a practice in Braga.",
    "People/Ada Specimen.md": "# Ada\nPotter and welder. Her workshop burnt down in 2019. Vegetarian.",
    "People/Sam Dummy.md": "# Sam\nFormer racer. Works on Tuesdays and Thursdays only. Plays the accordion.",
    "People/Kim Template.md": "# Kim\nDentist in Turku. Lives above the bakery and likes chess.",
    "People/Lea Mockup.md": "# Lea\nA lawyer who lives in Graz. Her office is closed on Fridays.",
    "Places/Old Mill.md": "# Old Mill\nThe key is with the baker next door. Heating costs 40 euros a day. No parking.",
    "Places/Studio Nine.md": "# Studio Nine\nSoundproof room in the cellar. The door code is 2718. "
    "Open until midnight.",
    "Places/Green Fund.md": "# Green Fund\nGives grants for trees and ponds. "
    "Applications close on 15 September. Contact [[Kim Template]].",
    "Places/Lake cabin.md": "# Lake cabin\nSleeps six. The owner is [[Lea Mockup]]. Bring firewood.",
    "Places/Town library.md": "# Town library\nOpen on Sundays. Late fees are ten cents a day. "
    "Borrowed books are due after four weeks.",
    "Trips/Summer trip.md": "# Summer trip\nA week at the [[Lake cabin]] in July, by train.",
    "Trips/Autumn trip.md": "# Autumn trip\nHiking with [[Kim Template]]; we took the night bus.",
    "Trips/Winter trip.md": "# Winter trip\nSkiing, then the museum. It rained all week.",
    "Recipes/Walnut cake.md": "# Walnut cake\nFrom [[Tove Sample]]. Bake for 50 minutes at 170 degrees.",
    "Recipes/Lentil soup.md": "# Lentil soup\nRed lentils, cumin, lemon. Simmer for 25 minutes.",
    "Books/The Sea Atlas.md": "# The Sea Atlas\nBorrowed from the [[Town library]] in March. Maps of currents.",
    "Books/Clay and Fire.md": "# Clay and Fire\nA present from [[Ada Specimen]]. About glazes.",
    "Daily/2026-03-02.md": "Lunch with [[Sam Dummy]]. We talked about spokes and brakes.",
    "Daily/2026-03-09.md": "Met"
    " the person who repairs the organ: [[Projects/Choir project|the concert]] needs it by December.",
    "Daily/2026-03-16.md": "The dishwasher broke. Called three places that live up to no promise and lead nowhere.",
}
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("where does the person live who leads the harbour project?", "People/Mina Demo.md"),
    ("what is the person allergic to who draws the plans for the ferry pier?", "People/Olaf Example.md"),
    ("where does the leader of the orchard project live?", "People/Tove Sample.md"),
    ("when do applications close at the fund that pays for the apple trees?", "Places/Green Fund.md"),
    ("what does the conductor of the winter concert drink?", "People/Rui Placeholder.md"),
    ("who has the key to the place where the choir rehearses?", "Places/Old Mill.md"),
    ("is the builder of the wood-fired kiln a vegetarian?", "People/Ada Specimen.md"),
    ("on which days does the one who runs the bicycle workshop work?", "People/Sam Dummy.md"),
    ("which languages does the newsreader of the radio programme speak?", "People/Mina Demo.md"),
    ("what is the door code of the studio of the weekly programme?", "Places/Studio Nine.md"),
    ("how many people can sleep where we stayed in July on the summer trip?", "Places/Lake cabin.md"),
    ("where does the friend live who went hiking with us on the autumn trip?", "People/Kim Template.md"),
    ("what is the phone number of the one who gave us the walnut cake recipe?", "People/Tove Sample.md"),
    ("when are books due where The Sea Atlas was borrowed?", "Places/Town library.md"),
    ("what happened to the workshop of the friend who gave me the book about glazes?", "People/Ada Specimen.md"),
    ("which instrument does the one play I had lunch with about spokes and brakes?", "People/Sam Dummy.md"),
    ("who is the sister of the conductor, what is her job?", "People/Ines Placeholder.md"),
    ("how much is the heating for the rehearsals of the sixty voices?", "Places/Old Mill.md"),
    ("when is the birthday of the leader of the ferry pier works?", "People/Mina Demo.md"),
    ("which project needs the organ by December?", "Projects/Choir project.md"),
)
"""Each with the note that holds the answer."""
