"""The one process that owns a home: its journal, memory, alarms and models."""
