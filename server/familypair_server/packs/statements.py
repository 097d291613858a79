"""SQL of word packs; see migration 0018."""

from familypair_server.storage import Statement

revision = Statement("SELECT revision FROM word_pack_head WHERE id = 1", int)
bump = Statement("UPDATE word_pack_head SET revision = revision + 1 WHERE id = 1")
"""First in every change: it is the lock as well."""
live = Statement("SELECT doc FROM word_pack WHERE retired_at IS NULL ORDER BY name", str)
by_digest = Statement("SELECT doc FROM word_pack WHERE digest = :digest", str)
put = Statement(
    "INSERT INTO word_pack"
    " (digest, name, category, severity, language, terms, doc, added_at, retired_at)"
    " VALUES (:digest, :name, :category, :severity, :language, :terms, :doc, :now, NULL)"
    " ON CONFLICT (digest) DO UPDATE SET added_at = :now, retired_at = NULL"
)
retire = Statement(
    "UPDATE word_pack SET retired_at = :now WHERE name = :name AND retired_at IS NULL"
)
forget = Statement("DELETE FROM word_pack WHERE retired_at < :before")
