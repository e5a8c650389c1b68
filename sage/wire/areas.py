"""Which module of this package holds each of its names: a name that is used loads its own module, and no other."""

from __future__ import annotations

AREAS = {
    "base": "Nothing Request",
    "captures": "Captured Capture TakeBackCapture",
    "contacts": (
        "Grant ContactShown ContactsShown ContactSight ContactChange GrantsShown MemberSight GrantChange "
        "ListContacts ShowContact AddContact RemoveContact AnswerAgain ListGrants GiveGrant"
    ),
    "copies": "CopyStep CopiesBack SendCopies",
    "deputy": (
        "ReplyTried ReplyShown RepliesShown AbsenceShown AnsweredShown HintShared TryReply ListReplies ShowReply "
        "ApproveReply SettleReply GoAway ComeBack ShowAbsence ListAnswered CorrectReply ShareHint TakeOver"
    ),
    "digest": "ShowDigest",
    "evals": (
        "EvalCaseLine EvalCasesShown CaptureTurns ListEvalCases EvalCaseShown ShowEvalCase EditEvalCase "
        "DropEvalCase TrialPrice PriceTrial PartLine PartsShown ListParts TrialShown RunTrial ShowTrial "
        "TrialsShown ListTrials BallotShown NextBallot VoteTold CastVote BundleDrafted DraftBundle BundleWritten "
        "WriteBundle"
    ),
    "events": "ReminderDue Notice StatusChanged EngineLeaves AnyNews StreamEvent",
    "examples": ("ExampleLine ExamplesShown ListExamples ShowExample AddExamples DropExample ExamplesSet SetExamples"),
    "facts": "FactsShown ShowFacts DecideFact FactsReading FactsRead ReadFacts",
    "forgetting": "Forgettings PreviewForgetting Forget UndoForgetting PurgeForgotten ListForgettings",
    "frames": (
        "VERSION FRAME_LIMIT Hello Welcome Call Cancel Event Result Failed News FromEngine pack result "
        "read_from_engine read_result differing"
    ),
    "home": (
        "Setting SettingSet ProfileShown Explanation BackupMade Exported SetupShown EngineStatus ShowProfile "
        "SetSetting UndoSetting ShowSetup CloseSetup Why MakeBackup ExportHome ShowStatus StopEngine"
    ),
    "inbox": (
        "OutState InboxItem InboxShown OutboxItem OutboxShown MessagePrepared ListInbox ShowArrival ListOutbox "
        "PrepareMessage SendPrepared SettleMessage"
    ),
    "labels": "LabelsShown Share ShowLabels",
    "learning": "CasesShown FiguresShown AnswerKept ListCases ShowFigures KeepAnswer",
    "ledger": "LedgerShown ShowLedger LedgerCalls ListLedgerCalls TellOutcome",
    "memory": "Recalled Recall ImportNotes Passages ReadAround ListNewest AddNote",
    "memory_upkeep": "ShowMemory ShowMap MemoryVerified VerifyMemory MemoryRebuilt RebuildMemory UseEmbedder",
    "models": (
        "ModelsShown ListModels InstallModel RolesShown ShowRoles StoreKey KeyForgotten KeyShown ShowKey ForgetKey"
    ),
    "nudges": (
        "NudgeReply NudgeShown NudgesShown NudgeAnswered NudgeConsent LearnerState ListNudges AnswerNudge "
        "AllowNudges NeverNudge ShowLearner"
    ),
    "plans": (
        "Goals Tasks TaskConflicts ConflictSettled GoalShown ListGoals AddGoal ShowGoal ChangeGoal ListTasks "
        "AddTask CompleteTask ReopenTask PutOffTask ListTaskConflicts SettleTaskConflict"
    ),
    "plugins": (
        "AccountStanding PluginAccount PluginShown PluginBroken PluginsShown PluginKey PluginSecret "
        "PluginDescribed ListPlugins ShowPlugin EnablePlugin DisablePlugin StartPlugin TryPlugin"
    ),
    "programs": (
        "ProgramRecalled ProgramRecall ProgramLines ProgramGoals ProgramAgenda Propose Proposals ListProposals "
        "ProposalSettled SettleProposal"
    ),
    "requests": "AnyRequest ToEngine read_to_engine",
    "rituals": (
        "FocusShown RitualAnswered ShowAgenda ShowFocus BeginFocus EndFocus ShowRitual AnswerRitual ShowToday "
        "ChooseFocus"
    ),
    "schedules": (
        "NextTime ScheduleShown Schedules OccurrenceAnswered Remind KeepSchedule ListSchedules ShowSchedule "
        "EditSchedule SkipSchedule RemoveSchedule PutOffSchedule AnswerReminder"
    ),
    "sheets": (
        "SheetPlan SheetStep SheetFilled SheetShown SheetLine SheetsListed PlanSheet FillSheet ListSheets "
        "ShowSheet CorrectCell DropSheet"
    ),
    "skills": "ListSkills SkillShown ShowSkill",
    "swaps": (
        "Setup ModelUsed UseModel SwapLine SwapsShown ListSwaps RolledBack RollBack CanaryShown StartCanary "
        "ShowCanary EndCanary KeepCanary"
    ),
    "talk": (
        "Conversations ConversationShown Ask FileSeen LookAtFile NamesFound FindNames SaidBefore FindSaid Follow "
        "StopTurn Decide Warm ListConversations ShowConversation Summarize"
    ),
    "telling": "Taken PauseState Missed TakeReminder ReminderShown ShowMissed OwnUp Typing PauseSage ResumeSage",
    "tools": "ToolsShown ListTools AllowTool",
}
AREA_OF = {name: area for area, names in AREAS.items() for name in names.split()}
