"""The command tree: names, help and where each verb lives; verbs are imported when called."""

from __future__ import annotations

from cyclopts import App, Group, Parameter

import earwitness
from earwitness.cli.help import Flowing

EPILOGUE = (
    "Every command has a --help of its own; `earwitness demo` shows what it does.\n\n"
    "Exit codes: 0 done, or degraded with a warning (3 with --strict); 1 internal; 2 usage; "
    "4 no such file; 5 no readable audio; 6 engine, model or language missing; 7 engine failed; "
    "8 library; 9 disk full; 10 no such session; 11 changed meanwhile by somebody else; "
    "12 not transcribed yet; 13 not allowed; 130 stopped."
)

WORK = Group("Work", sort_key=0)
LOOK = Group("Look", sort_key=1)
KEEP = Group("Library and settings", sort_key=2)

OTHER = Group("Other", sort_key=3)

QUIET = Parameter(show_default=False)

app = App(
    name="earwitness",
    help="Long, many-voiced recordings become a record one can trust: who said what, and when.",
    help_epilogue=EPILOGUE,
    help_format="plaintext",
    help_formatter=Flowing(),
    version=earwitness.__version__,
    default_parameter=QUIET,
    suppress_keyboard_interrupt=False,  # `failures` says what becomes of what was begun
)
for _flag in ("--help", "--version"):
    app[_flag].group = OTHER

sessions = App(
    name="sessions",
    help="List, show, verify, do again, clean up and delete sessions.",
    group=LOOK,
    default_parameter=QUIET,
)
edit = App(
    name="edit",
    help="Correct a session; all of it can be undone.",
    group=WORK,
    default_parameter=QUIET,
)
speakers = App(
    name="speakers",
    help="Say who the voices are: once, and it holds everywhere.",
    group=WORK,
    default_parameter=QUIET,
)
series = App(
    name="series",
    help="Campaigns, clients and shows: their people, words and defaults.",
    group=KEEP,
    default_parameter=QUIET,
)
words = App(
    name="words",
    help="Names and terms of a series: where each comes from, and which of them hold.",
    default_parameter=QUIET,
)
suggest = App(
    name="suggest",
    help="What you may want to correct, as edits that are ready.",
    group=WORK,
    default_parameter=QUIET,
)
queue = App(
    name="queue",
    help="Runs that wait for a worker: list, cancel and retry them.",
    group=WORK,
    default_parameter=QUIET,
)
report = App(
    name="report",
    help="Where time, memory and money went, and which setting to change.",
    group=LOOK,
    default_parameter=QUIET,
)
models = App(
    name="models",
    help="Models on this machine, and fetching more.",
    group=KEEP,
    default_parameter=QUIET,
)
notes = App(
    name="notes",
    help="Notes of a session; every sentence cites its lines.",
    group=WORK,
    default_parameter=QUIET,
)
playbooks = App(
    name="playbooks",
    help="What each audience expects: labels, moments, notes and prompts.",
    group=KEEP,
    default_parameter=QUIET,
)
profiles = App(
    name="profiles",
    help="What sessions tell of characters and people.",
    group=WORK,
    default_parameter=QUIET,
)
config = App(
    name="config",
    help="Settings and where they come from.",
    group=KEEP,
    default_parameter=QUIET,
)

for _name, _verb, _help in (
    ("demo", "process:demo", "Transcribe the shipped example and print it."),
    ("process", "process:process", "Turn recordings into records: who said what, and when."),
    ("batch", "batch:batch", "Turn many recordings into records, and report on all of them."),
    ("import", "bring:import_", "Make sessions of transcripts made elsewhere."),
    (
        "understand",
        "understand:understand",
        "Say what the lines of a session are, and find its moments.",
    ),
):
    app.command(f"earwitness.cli.{_verb}", name=_name, group=WORK, help=_help)
app.command(notes)
app.command(speakers)
app.command(edit)
app.command(suggest)
app.command(
    "earwitness.cli.process:export",
    name="export",
    group=WORK,
    help="Write a session's record again, in any format.",
)
app.command(profiles)
app.command(queue)
app.command(
    "earwitness.cli.queue:worker",
    name="worker",
    group=WORK,
    help="Carry out what is queued, until it is told to stop.",
)
app.command(sessions)
app.command(report)
app.command(
    "earwitness.cli.machine:doctor",
    name="doctor",
    group=LOOK,
    help="Say what can run here, what cannot, and the command that mends it.",
)
app.command(series)
app.command(playbooks)
app.command(models)
app.command(config)
for _verb, _help in {
    "backup": "Write the whole library into one file.",
    "restore": "Make a library from a backup.",
}.items():
    app.command(f"earwitness.cli.machine:{_verb}", name=_verb, group=KEEP, help=_help)
for _verb, _help in {
    "performance": "Say where the time and memory of runs went, and what to change.",
    "cost": "Say what runs cost, what was saved, and how the budget stands.",
}.items():
    report.command(f"earwitness.cli.report:{_verb}", name=_verb, help=_help)
sessions.command(
    "earwitness.cli.sessions:list_",
    name="list",
    help="List all sessions, newest first.",
)
sessions.command(
    "earwitness.cli.sessions:show",
    name="show",
    help="Show one session: its runs and the ledger of their steps.",
)
sessions.command(
    "earwitness.cli.ledger:lines",
    name="lines",
    help="List what was said, with the ids that corrections need.",
)
sessions.command(
    "earwitness.cli.clips:follow",
    name="follow",
    help="Show how far a run is that another process works on.",
)
sessions.command(
    "earwitness.cli.suggest:suggest",
    name="suggest",
    help="List lines that probably hold two voices; nothing is changed.",
)
sessions.command(
    "earwitness.cli.clips:clips",
    name="clips",
    help="Cut every line of a session into a file of its own.",
)
sessions.command(
    "earwitness.cli.rerun:rerun",
    name="rerun",
    help="Do one part of a session again; everything else stays.",
)
for _name, _verb, _help in (
    ("history", "history", "List all results of a session, and which one is shown."),
    ("diff", "diff", "Show how two results of a session differ."),
    ("put-back", "put_back", "Show the result of an earlier run again."),
):
    sessions.command(f"earwitness.cli.versions:{_verb}", name=_name, help=_help)
sessions.command(
    "earwitness.cli.ledger:verify",
    name="verify",
    help="Check that nobody changed, moved or dropped a correction.",
)
sessions.command(
    "earwitness.cli.ledger:erase",
    name="erase",
    help="Erase what a correction said, for good.",
)
sessions.command(
    "earwitness.cli.cleanup:audit",
    name="audit",
    help="Find what nobody may need any more; nothing is changed.",
)
sessions.command(
    "earwitness.cli.cleanup:cleanup",
    name="cleanup",
    help="Remove what nobody needs any more, after a yes.",
)
sessions.command(
    "earwitness.cli.sessions:delete",
    name="delete",
    help="Delete a session for good.",
)
edit.command(
    "earwitness.cli.history:list_",
    name="list",
    help="List all corrections, and what became of each.",
)
for _verb, _help in {
    "text": "Let a line read otherwise.",
    "voice": "Give a line to another voice.",
    "person": "Say who spoke a line.",
    "character": "Say whom a person plays in a line.",
    "stance": "Say whether a line is in character.",
    "uncertain": "Mark a line as doubtful, or no longer.",
    "split": "Cut a line in two.",
    "merge": "Make one line of two.",
}.items():
    edit.command(f"earwitness.cli.edits:{_verb}", name=_verb, help=_help)
for _verb, _help in {
    "undo": "Take a correction back.",
    "redo": "Bring a correction back that was taken back.",
    "place": "Give a correction that lost its place a new one.",
    "apply": "Make all corrections in a JSON file at one stroke.",
}.items():
    edit.command(f"earwitness.cli.history:{_verb}", name=_verb, help=_help)
speakers.command(
    "earwitness.cli.speakers:list_",
    name="list",
    help="List a session's voices: who, how long, and where to listen.",
)
for _verb, _help in {
    "show": "Show one voice: its longest lines, and every name it was given.",
    "name": "Say who a voice is.",
    "swap": "Let two voices change names.",
    "merge": "Make one voice of two.",
    "split": "Make two voices of one.",
}.items():
    speakers.command(f"earwitness.cli.speakers:{_verb}", name=_verb, help=_help)
for _verb, _help in {
    "assign": "Name the voices that are surely somebody of the cast.",
    "enroll": "Let later sessions of the series know a voice.",
    "forget": "Remove a person's voice prints from the whole library.",
}.items():
    speakers.command(f"earwitness.cli.casting:{_verb}", name=_verb, help=_help)
for _name, _verb, _help in (
    ("add", "add", "Add a campaign, client or show."),
    ("list", "list_", "List all series."),
    ("show", "show", "Show one series: defaults, cast, vocabulary, sessions."),
    ("set", "set_", "Change what a series says."),
    ("person", "person", "Add a person to the cast, or change what is known of them."),
    ("import", "import_", "Take a cast in from a speaker_mapping.json."),
    ("export", "export", "Write a cast as a speaker_mapping.json."),
    ("delete", "delete", "Delete a series for good; its sessions stay."),
):
    series.command(f"earwitness.cli.series:{_verb}", name=_name, help=_help)
series.command(words)
for _name, _verb, _help in (
    ("list", "list_", "List the words of a series: what holds, then the surest proposals."),
    ("mine", "mine", "Look through the series' transcripts for names and terms."),
    ("accept", "accept", "Let proposed words hold: later sessions are transcribed with them."),
    ("refuse", "refuse", "Do not let words hold, and do not propose them again."),
    ("add", "add", "Let new words hold."),
    ("export", "export", "Write the words that hold, one a line."),
):
    words.command(f"earwitness.cli.words:{_verb}", name=_name, help=_help)
suggest.command(
    "earwitness.cli.spellings:spelling",
    name="spelling",
    help="List words that may be a known name or term misheard; nothing is changed.",
)
playbooks.command(
    "earwitness.cli.playbooks:list_",
    name="list",
    help="List all playbooks.",
)
for _verb, _help in {
    "show": "Show one playbook: defaults, labels, moments, notes, prompts.",
    "validate": "Check a playbook, or a folder that is to become one.",
    "new": "Make a playbook of your own.",
}.items():
    playbooks.command(f"earwitness.cli.playbooks:{_verb}", name=_verb, help=_help)
for _verb, _help in {
    "suggest": "Say what a session would add to profiles; nothing is changed.",
    "merge": "Add updates that you approve of to your file of profiles.",
}.items():
    profiles.command(f"earwitness.cli.profiles:{_verb}", name=_verb, help=_help)
for _name, _verb, _help in (
    ("make", "make", "Make a note of a session, or show the one that is there."),
    ("list", "list_", "List all notes of a session, with their versions."),
    ("show", "show", "Show a note: the newest version, or an older one."),
    ("regenerate", "regenerate", "Make a new version of a note; older ones are kept."),
    ("export", "export", "Write a note as Markdown or a Word document."),
    ("templates", "templates", "List the forms that notes have."),
):
    notes.command(f"earwitness.cli.notes:{_verb}", name=_name, help=_help)
for _name, _verb, _help in (
    ("list", "list_", "List runs that are worked on and runs that wait, by their turn."),
    ("status", "status", "Show where one run stands."),
    ("cancel", "cancel", "Take a run out of the queue, or let its worker stop it."),
    ("retry", "retry", "Queue a run again that failed or was stopped."),
):
    queue.command(f"earwitness.cli.queue:{_verb}", name=_name, help=_help)
models.command(
    "earwitness.cli.models:models_list",
    name="list",
    help="List Whisper models: which are here, and what others take.",
)
models.command(
    "earwitness.cli.models:models_options",
    name="options",
    help="List what can be said to engines with --engine-option.",
)
models.command(
    "earwitness.cli.models:models_pull",
    name="pull",
    help="Fetch a model from the hub.",
)
models.command(
    "earwitness.cli.models:models_remove",
    name="remove",
    help="Remove a model from this machine.",
)
config.command(
    "earwitness.cli.machine:config_show",
    name="show",
    help="Show every setting; secrets are masked.",
)


def _in_turn(verbs: App) -> None:
    """Let help list verbs in the order of this page, and tell the exit codes once."""
    for turn, verb in enumerate(verbs._commands.values()):
        verb.sort_key = turn
        if isinstance(verb, App):
            verb.help_epilogue = ""
            _in_turn(verb)
        else:
            verb.app_kwargs["help_epilogue"] = ""


_in_turn(app)
