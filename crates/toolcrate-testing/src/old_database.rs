//! Writes a database file in the format of redb 2, as release 0.1.0 did.

use std::path::Path;

/// Writes a redb 2 database file with one record.
///
/// # Panics
/// Panics if it can't be written.
pub fn write_redb_2_file(path: &Path) {
    const TABLE: redb_2::TableDefinition<'_, &str, u64> = redb_2::TableDefinition::new("facts");
    let database = redb_2::Database::create(path).expect("a new file");
    let write = database.begin_write().expect("a transaction");
    write.open_table(TABLE).expect("a table").insert("last item", 1).expect("room for a record");
    write.commit().expect("a working disk");
}
