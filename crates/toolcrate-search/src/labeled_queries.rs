//! Parses labeled queries, with which search is trained and measured.

/// A query and the right tools for it.
#[derive(Clone, Debug)]
pub struct LabeledQuery<'a> {
    /// The user's words.
    pub query: &'a str,
    /// The part of the API.
    pub area: &'a str,
    /// The short names of the right tools.
    pub tools: Vec<&'a str>,
    /// The set to which it belongs: queries written by one author in one session.
    pub set: &'a str,
}

impl LabeledQuery<'_> {
    /// Returns true if a query from a set that is split in half belongs to the half held out from tuning. This depends
    /// only on its text, so adding a query doesn't move any other.
    pub fn is_kept_out(&self) -> bool {
        (self.hash() >> 32) & 1 == 1
    }

    /// Returns true if a query from a set used for tuning belongs to the third that is only measured.
    pub fn is_validation(&self) -> bool {
        (self.hash() >> 32).is_multiple_of(3)
    }

    /// Returns the number of the fold to which a query belongs if the queries are divided into `count` folds.
    pub fn fold(&self, count: u64) -> u64 {
        (self.hash() >> 16) % count
    }

    /// FNV-1a of the text: the same on every machine and in every release.
    fn hash(&self) -> u64 {
        self.query.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}

/// Parses labeled queries.
pub fn parse_queries(text: &str) -> impl Iterator<Item = LabeledQuery<'_>> {
    text.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (query, area) = (columns.next()?, columns.next()?);
        let tools = columns.next()?.split(',').map(str::trim).collect();
        Some(LabeledQuery { query, area, tools, set: columns.next().unwrap_or_default() })
    })
}
