//! Parses the tool selection that a client sends to `/mcp` in query parameters or headers:
//! `/mcp?module=service&class=read`, or `X-Tools-Module: service`.

use axum::http::HeaderMap;
use connectwise_psa::CATALOG;
use toolcrate_executor::ToolFilter;
use toolcrate_http::{ToolFilterParams, ToolFilterParamsError};
use toolcrate_mcp::{ExposureMode, ToolListing};

use crate::exposure::{EXPOSURE_MODES, NAME_STYLES, NamedValues};
use crate::select::SETS;

/// The parameters other than those that select tools, each with its header.
const PARAMETERS: [(&str, &str); 3] =
    [("tools", "x-tools-offer"), ("names", "x-tools-names"), ("output", "x-tools-output")];

/// How tools are exposed to an `/mcp` client.
#[derive(Debug)]
pub(crate) struct McpParameters {
    /// A key that is equal for equal parameters.
    pub(crate) key: String,
    pub(crate) listing: ToolListing,
    /// The tools, if the client narrows the server's selection.
    pub(crate) filter: Option<ToolFilter>,
}

impl McpParameters {
    /// Parses a URL's query, and headers. The URL takes precedence; `default` is used if neither sets a value.
    ///
    /// # Errors
    /// Returns an error if a parameter is unknown or invalid.
    pub(crate) fn parse(
        query: &str,
        headers: &HeaderMap,
        default: ToolListing,
    ) -> Result<Self, ToolFilterParamsError> {
        let parameters = ToolFilterParams::parse(query, headers, &PARAMETERS)?;
        let default_mode = match parameters.selects_tools() {
            true => ExposureMode::Filtered,
            false => default.mode,
        };
        let listing = ToolListing {
            mode: parameters.choice("tools", &choices(EXPOSURE_MODES))?.unwrap_or(default_mode),
            names: parameters.choice("names", &choices(NAME_STYLES))?.unwrap_or(default.names),
            output_schemas: match parameters.values("output") {
                [] => default.output_schemas,
                _ => parameters.flag("output")?,
            },
        };
        Ok(Self { key: parameters.key(), listing, filter: parameters.filter(&CATALOG, &SETS)? })
    }
}

fn choices<T: Copy>(values: NamedValues<T>) -> Vec<(&'static str, T)> {
    values.iter().map(|(name, _, value)| (*name, *value)).collect()
}

#[cfg(test)]
mod tests {
    use connectwise_psa::runtime::NameStyle;

    use super::*;

    fn parse(query: &str) -> Result<McpParameters, ToolFilterParamsError> {
        McpParameters::parse(query, &HeaderMap::new(), ToolListing::default())
    }

    #[test]
    fn url_parameters_select_tools() {
        let chosen = parse("module=time&class=read,custom&names=full&output=true").unwrap();
        let expected =
            ToolListing { mode: ExposureMode::Filtered, names: NameStyle::Prefixed, output_schemas: true };
        assert_eq!(chosen.listing, expected);
        let filter = chosen.filter.unwrap();
        assert!(filter.tools().count() > 5 && filter.tools().all(|tool| tool.module() == "time"));
        let key = |query| parse(query).unwrap().key;
        assert_eq!(key("module=time&class=read"), key("class=read&module=time"));
        assert_ne!(key("module=time"), key("module=service"));
        let plain = parse("").unwrap();
        assert!(plain.filter.is_none() && plain.listing.mode == ExposureMode::MetaTools);
        assert_eq!(parse("tools=all").unwrap().listing.mode, ExposureMode::All);
        assert!(parse("read_only=true").unwrap().filter.is_some());
    }

    #[test]
    fn headers_select_tools_if_the_url_does_not() {
        let mut headers = HeaderMap::new();
        headers.append("x-tools-module", "time".parse().unwrap());
        headers.append("x-tools-offer", "all".parse().unwrap());
        headers.append("x-tools-read-only", "true".parse().unwrap());
        let chosen = McpParameters::parse("module=service", &headers, ToolListing::default()).unwrap();
        assert_eq!(chosen.listing.mode, ExposureMode::All);
        assert!(chosen.filter.unwrap().tools().all(|tool| tool.module() == "service"));
    }

    #[test]
    fn invalid_parameters_are_errors() {
        for (query, message) in [
            ("modul=time", "expected tools, names, output, class"),
            ("module=tme", "unknown module"),
            ("class=reads", "one of read, write, custom"),
            ("tools=some", "one of search"),
            ("output=yes", "true or false"),
            ("name=nothing_like_it", "no tools match"),
        ] {
            let error = parse(query).unwrap_err().to_string();
            assert!(error.contains(message), "{query}: {error}");
        }
    }
}
