//! Recognizes tool names as agent hosts and models write them: with the name of their server as a prefix, in a
//! different case, or with a call number as a suffix.

/// Longer names are rejected: no tool has one, and no agent host adds a longer prefix.
const MAX_CHARACTERS: usize = 160;

/// Returns the names that `name` may stand for, most likely first. `api` is the API's name, which agent hosts use as a
/// prefix.
///
/// `mcp__orders__list_all_orders`, `orders.list_all_orders`, `functions.list_all_orders:0` and `listAllOrders` all
/// stand for `list_all_orders`.
pub fn tool_name_spellings(name: &str, api: &str) -> Vec<String> {
    if name.len() > MAX_CHARACTERS || !name.is_ascii() {
        return Vec::new();
    }
    let name = without_call_number(name.trim());
    let mut spellings = vec![name.to_owned()];
    spellings.extend(without_prefix(name, api).map(str::to_owned));
    let snake: Vec<String> = spellings.iter().map(|name| to_snake_case(name)).collect();
    spellings.extend(snake);
    spellings
}

/// Returns the name in `name:0` or `name()` without the suffix.
fn without_call_number(name: &str) -> &str {
    let name = name.strip_suffix("()").unwrap_or(name);
    match name.rsplit_once(':') {
        Some((name, number)) if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) => name,
        _ => name,
    }
}

/// Returns the name without each prefix that an agent host may have added, longest first.
fn without_prefix<'n>(name: &'n str, api: &str) -> impl Iterator<Item = &'n str> {
    let api = fold(api);
    let is_server = move |prefix: &str| {
        let prefix = fold(prefix);
        prefix.starts_with("mcp") || prefix.len() > 2 && api.starts_with(&prefix)
    };
    name.char_indices().filter_map(move |(at, c)| {
        let (before, rest) = (&name[..at], &name[at + 1..]);
        let is_separator = match c {
            '.' | '/' | ':' => true,
            '_' | '-' => before.ends_with(c) && !rest.starts_with(c) || is_server(before),
            _ => false,
        };
        (is_separator && !rest.is_empty()).then_some(rest)
    })
}

fn fold(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn to_snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 8);
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            snake.push('_');
        }
        snake.push(if matches!(c, '-' | ' ') { '_' } else { c.to_ascii_lowercase() });
        before = c;
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_framework_prefixes_are_removed_from_names() {
        for name in [
            "mcp__orders__list_all_orders",
            "mcp__my-server__list_all_orders",
            "mcp_orders_list_all_orders",
            "orders__list_all_orders",
            "orders.list_all_orders",
            "orders/list_all_orders",
            "orders:list_all_orders",
            "orders_list_all_orders",
            "orders-list_all_orders",
            "functions.list_all_orders",
            "functions.list_all_orders:0",
            "mcp.orders.list_all_orders",
            "list_all_orders()",
            " list_all_orders ",
            "listAllOrders",
            "List_All_Orders",
            "list-all-orders",
            "mcp__orders__listAllOrders",
        ] {
            let spellings = tool_name_spellings(name, "Orders & Co.");
            assert!(spellings.iter().any(|spelling| spelling == "list_all_orders"), "{name}: {spellings:?}");
        }
    }

    #[test]
    fn words_that_belong_to_a_name_are_not_removed() {
        for name in ["dont_delete_an_order", "undelete_an_order", "bulk_delete_an_order", "x-delete_an_order"]
        {
            let spellings = tool_name_spellings(name, "Orders");
            assert!(!spellings.iter().any(|spelling| spelling == "delete_an_order"), "{name}: {spellings:?}");
        }
        assert!(tool_name_spellings(&"a.".repeat(100), "Orders").is_empty());
    }
}
