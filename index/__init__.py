"""Reports: parsed, stored, retrieved, quoted. Nothing here knows of chats."""
