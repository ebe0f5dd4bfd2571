//! What a query wants done, and what a tool does.

/// An activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Several records, or it is not said.
    List,
    /// One record.
    Get,
    /// How many.
    Count,
    /// A new one.
    Create,
    /// Another state of one.
    Update,
    /// All of one anew.
    Replace,
    /// One less.
    Delete,
    /// Anything else.
    Other,
}

/// Words that ask for an activity; the first that occurs decides.
const VERBS: [(&str, Intent); 58] = [
    ("how many", Intent::Count),
    ("number of", Intent::Count),
    ("count", Intent::Count),
    ("total", Intent::Count),
    ("details of", Intent::Get),
    ("look up", Intent::List),
    ("lookup", Intent::List),
    ("show", Intent::List),
    ("list", Intent::List),
    ("find", Intent::List),
    ("search", Intent::List),
    ("which", Intent::List),
    ("what", Intent::List),
    ("who", Intent::List),
    ("all", Intent::List),
    ("get rid", Intent::Delete),
    ("get", Intent::Get),
    ("open the", Intent::Get),
    ("create", Intent::Create),
    ("add", Intent::Create),
    ("new", Intent::Create),
    ("draft", Intent::Create),
    ("raise", Intent::Create),
    ("log", Intent::Create),
    ("record", Intent::Create),
    ("register", Intent::Create),
    ("write", Intent::Create),
    ("make", Intent::Create),
    ("book", Intent::Create),
    ("post", Intent::Create),
    ("enter", Intent::Create),
    ("submit", Intent::Create),
    ("order", Intent::Create),
    ("schedule a", Intent::Create),
    ("put", Intent::Create),
    ("upload", Intent::Create),
    ("attach", Intent::Create),
    ("set up", Intent::Create),
    ("open a", Intent::Create),
    ("update", Intent::Update),
    ("change", Intent::Update),
    ("set", Intent::Update),
    ("edit", Intent::Update),
    ("modify", Intent::Update),
    ("close", Intent::Update),
    ("rename", Intent::Update),
    ("move", Intent::Update),
    ("assign", Intent::Update),
    ("reassign", Intent::Update),
    ("mark", Intent::Update),
    ("receive", Intent::Update),
    ("cancel", Intent::Update),
    ("fix", Intent::Update),
    ("replace", Intent::Replace),
    ("overwrite", Intent::Replace),
    ("delete", Intent::Delete),
    ("remove", Intent::Delete),
    ("drop", Intent::Delete),
];

impl Intent {
    /// What a tool does, by its short name.
    pub fn of_tool(short_name: &str) -> Self {
        match short_name.split('_').next().unwrap_or_default() {
            "list" => Self::List,
            "get" => Self::Get,
            "count" => Self::Count,
            "create" => Self::Create,
            "update" => Self::Update,
            "replace" => Self::Replace,
            "delete" => Self::Delete,
            _ => Self::Other,
        }
    }

    /// What a query asks for, in lower case: the earliest verb in it, a list if there is none.
    pub fn of_query(query: &str) -> Self {
        let padded = format!(" {} ", query.replace(|c: char| !c.is_alphanumeric(), " "));
        let place = |verb: &str| padded.find(&format!(" {verb} "));
        let found = VERBS.iter().filter_map(|(verb, intent)| Some((place(verb)?, *intent)));
        found.min_by_key(|(place, _)| *place).map_or(Self::List, |(_, intent)| intent)
    }

    /// How much a query of this intent favours a tool of that one.
    pub fn favours(self, tool: Self) -> f32 {
        match (self, tool) {
            (a, b) if a == b => 1.0,
            // The words of an action are its own: if they fit, so does it.
            (_, Self::Other) => 0.9,
            (Self::List, Self::Get) | (Self::Get, Self::List) => 0.85,
            (Self::Update, Self::Replace) | (Self::Replace, Self::Update) => 0.7,
            (Self::List | Self::Get, Self::Count) => 0.6,
            _ => 0.5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_verb_decides() {
        for (query, intent) in [
            ("how many tickets are open", Intent::Count),
            ("add a note to the ticket and close it", Intent::Create),
            ("stock of a laptop", Intent::List),
            ("get rid of a contact", Intent::Delete),
            ("setup fees", Intent::List),
        ] {
            assert_eq!(Intent::of_query(query), intent, "{query}");
        }
    }
}
