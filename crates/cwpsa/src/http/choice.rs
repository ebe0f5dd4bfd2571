//! Which tools a client of `/mcp` is offered, as its address or its headers say: `/mcp?module=service&class=read`, or
//! `X-Tools-Module: service`. They only ever narrow what the server offers.

use axum::http::HeaderMap;
use toolcrate_executor::{ToolClass, ToolFilter, ToolFilterSpec};

use crate::exposure::{ExposureMode, NameStyle, NamedValues};
use crate::mcp::Shape;
use crate::select::{is_narrow, tool_filter};

/// What may be said; a header is called `x-tools-` and the word.
const WORDS: [&str; 8] = ["tools", "class", "module", "name", "toolset", "names", "read_only", "output"];

/// A choice of tools and their form.
#[derive(Debug)]
pub struct Choice {
    /// The choice in one word: the same for the same choice.
    pub key: String,
    /// In which form.
    pub shape: Shape,
    /// Which.
    pub selection: Option<ToolFilter>,
}

impl Choice {
    /// What an address and headers say; the address counts for more.
    ///
    /// # Errors
    /// A sentence about what makes no sense.
    pub fn of(query: &str, headers: &HeaderMap) -> Result<Self, String> {
        let mut said: Vec<(&str, Vec<String>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let name = name.strip_suffix("[]").unwrap_or(&name);
            let Some(word) = WORDS.into_iter().find(|word| *word == name) else {
                return Err(format!("\"{name}\" means nothing here; there are {}", WORDS.join(", ")));
            };
            add(&mut said, word, &value);
        }
        for word in WORDS {
            // The word for the offer is the header's own.
            let header = match word {
                "tools" => "x-tools-offer".to_owned(),
                word => format!("x-tools-{}", word.replace('_', "-")),
            };
            if said.iter().any(|(other, _)| *other == word) {
                continue;
            }
            for value in headers.get_all(header.as_str()) {
                let value = value.to_str().map_err(|_| format!("{header} is no text"))?;
                add(&mut said, word, value);
            }
        }
        said.sort_unstable();
        Self::read(&said)
    }

    fn read(said: &[(&str, Vec<String>)]) -> Result<Self, String> {
        let list = |word: &str| {
            let values = said.iter().find(|(other, _)| *other == word).map(|(_, values)| values.clone());
            values.unwrap_or_default()
        };
        let class = |value: &String| {
            let class = value.to_lowercase().parse::<ToolClass>();
            class.map_err(|_| "\"class\" must be one of read, write, custom".to_owned())
        };
        let mut spec = ToolFilterSpec {
            classes: list("class").iter().map(class).collect::<Result<_, _>>()?,
            modules: list("module"),
            names: list("name"),
            toolsets: list("toolset"),
            read_only: false,
        };
        let flag = |name: &str| match list(name).as_slice() {
            [] => Ok(false),
            [value] if value == "true" => Ok(true),
            [value] if value == "false" => Ok(false),
            _ => Err(format!("\"{name}\" must be true or false")),
        };
        let read_only = flag("read_only")?;
        let narrow = is_narrow(&spec);
        spec.read_only = read_only;
        let offer = match list("tools").as_slice() {
            [] if narrow => ExposureMode::Filtered,
            [] => ExposureMode::MetaTools,
            values => named(ExposureMode::VALUES, &values.join(","), "tools")?,
        };
        let names = match list("names").as_slice() {
            [] => NameStyle::Short,
            values => named(NameStyle::VALUES, &values.join(","), "names")?,
        };
        let selection = if narrow || read_only {
            Some(tool_filter(&spec).map_err(|error| error.to_string())?)
        } else {
            None
        };
        let shape = Shape { offer, names, output_schemas: flag("output")? };
        Ok(Self { key: format!("{said:?}"), shape, selection })
    }
}

/// Adds the values of a list that commas divide.
fn add<'a>(said: &mut Vec<(&'a str, Vec<String>)>, word: &'a str, value: &str) {
    let values = value.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    match said.iter_mut().find(|(other, _)| *other == word) {
        Some((_, known)) => known.extend(values),
        None => said.push((word, values.collect())),
    }
}

/// The value with a name.
fn named<T: Copy>(values: NamedValues<T>, name: &str, what: &str) -> Result<T, String> {
    let value = values.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    value.map(|(.., value)| *value).ok_or_else(|| {
        let known: Vec<&str> = values.iter().map(|(known, ..)| *known).collect();
        format!("\"{what}\" must be one of {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Result<Choice, String> {
        Choice::of(query, &HeaderMap::new())
    }

    #[test]
    fn an_address_chooses_tools() {
        let choice = of("module=time&class=read,custom&names=full&output=true").unwrap();
        let expected =
            Shape { offer: ExposureMode::Filtered, names: NameStyle::Prefixed, output_schemas: true };
        assert_eq!(choice.shape, expected);
        let selection = choice.selection.unwrap();
        assert!(selection.tools().count() > 5 && selection.tools().all(|tool| tool.module() == "time"));
        assert_eq!(of("module=time&class=read").unwrap().key, of("class=read&module=time").unwrap().key);
        assert_ne!(of("module=time").unwrap().key, of("module=service").unwrap().key);
        let plain = of("").unwrap();
        assert!(plain.selection.is_none() && plain.shape.offer == ExposureMode::MetaTools);
        assert_eq!(of("tools=all").unwrap().shape.offer, ExposureMode::All);
        assert!(of("read_only=true").unwrap().selection.is_some());
    }

    #[test]
    fn headers_do_so_where_the_address_does_not() {
        let mut headers = HeaderMap::new();
        headers.append("x-tools-module", "time".parse().unwrap());
        headers.append("x-tools-offer", "all".parse().unwrap());
        headers.append("x-tools-read-only", "true".parse().unwrap());
        let choice = Choice::of("module=service", &headers).unwrap();
        assert_eq!(choice.shape.offer, ExposureMode::All);
        assert!(choice.selection.unwrap().tools().all(|tool| tool.module() == "service"));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (query, said) in [
            ("modul=time", "there are tools, class"),
            ("module=tme", "unknown module"),
            ("class=reads", "one of read, write, custom"),
            ("tools=some", "one of search"),
            ("output=yes", "true or false"),
            ("name=nothing_like_it", "no tool matches"),
        ] {
            let error = of(query).unwrap_err();
            assert!(error.contains(said), "{query}: {error}");
        }
    }
}
