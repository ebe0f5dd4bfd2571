//! Selects tools by query parameters or headers: `?module=service&class=read`, or `X-Tools-Module: service`. A client
//! can only narrow the server's selection.

use axum::http::HeaderMap;
use toolcrate_executor::{
    ToolClass, ToolFilter, ToolFilterError, ToolFilterSpec, Toolsets, UnknownToolClass,
};
use toolcrate_runtime::Catalog;

/// The parameters that select tools.
const FILTER_PARAMETERS: [&str; 5] = ["class", "module", "name", "toolset", "read_only"];

/// Parameters that select tools, and additional ones for a transport.
///
/// A value is a comma-separated list. A parameter's header is `X-Tools-` followed by its name, with hyphens instead of
/// underscores; it applies if the query lacks the parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolFilterParams(Vec<(&'static str, Vec<String>)>);

/// The reason why [`ToolFilterParams`] can't be parsed or used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolFilterParamsError {
    /// The parameter doesn't exist.
    #[error("unknown parameter \"{name}\" (expected {})", .known.join(", "))]
    UnknownParameter {
        /// The query parameter.
        name: String,
        /// All parameters.
        known: Vec<&'static str>,
    },
    /// A header isn't text.
    #[error("{0}: expected a string")]
    HeaderNotText(String),
    /// A parameter has an invalid value.
    #[error("{parameter}: expected {expected}")]
    InvalidValue {
        /// The parameter.
        parameter: &'static str,
        /// Its possible values.
        expected: String,
    },
    /// The parameters don't form a valid filter.
    #[error(transparent)]
    Filter(#[from] ToolFilterError),
}

impl ToolFilterParams {
    /// Parses a query and headers. `others` are the transport's parameters, each with the header that sets it.
    ///
    /// # Errors
    /// Returns an error if the query has an unknown parameter, or if a header isn't text.
    pub fn parse(
        query: &str,
        headers: &HeaderMap,
        others: &[(&'static str, &'static str)],
    ) -> Result<Self, ToolFilterParamsError> {
        let known: Vec<&'static str> =
            others.iter().map(|(name, _)| *name).chain(FILTER_PARAMETERS).collect();
        let mut parameters = Self(Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let name = name.strip_suffix("[]").unwrap_or(&name);
            let Some(parameter) = known.iter().find(|known| **known == name) else {
                return Err(ToolFilterParamsError::UnknownParameter { name: name.to_owned(), known });
            };
            parameters.add(parameter, &value);
        }
        for parameter in known {
            if parameters.0.iter().any(|(name, _)| *name == parameter) {
                continue;
            }
            let header = match others.iter().find(|(name, _)| *name == parameter) {
                Some((_, header)) => (*header).to_owned(),
                None => format!("x-tools-{}", parameter.replace('_', "-")),
            };
            for value in headers.get_all(&header) {
                let value =
                    value.to_str().map_err(|_| ToolFilterParamsError::HeaderNotText(header.clone()))?;
                parameters.add(parameter, value);
            }
        }
        parameters.0.sort_unstable();
        Ok(parameters)
    }

    /// Returns a key that is equal for equal parameters.
    pub fn key(&self) -> String {
        format!("{:?}", self.0)
    }

    /// The values of a parameter.
    pub fn values(&self, parameter: &str) -> &[String] {
        self.0.iter().find(|(name, _)| *name == parameter).map_or(&[], |(_, values)| values)
    }

    /// The value of a Boolean parameter; false if it is absent.
    ///
    /// # Errors
    /// Returns an error if it is neither true nor false.
    pub fn flag(&self, parameter: &'static str) -> Result<bool, ToolFilterParamsError> {
        match self.values(parameter) {
            [] => Ok(false),
            [value] if value == "true" => Ok(true),
            [value] if value == "false" => Ok(false),
            _ => Err(ToolFilterParamsError::InvalidValue { parameter, expected: "true or false".to_owned() }),
        }
    }

    /// The value of a parameter that must match one of `choices`, ignoring case; `None` if it is absent.
    ///
    /// # Errors
    /// Returns an error if it matches none of them.
    pub fn choice<T: Copy>(
        &self,
        parameter: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, ToolFilterParamsError> {
        let name = match self.values(parameter) {
            [] => return Ok(None),
            values => values.join(","),
        };
        match choices.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
                let expected = format!("one of {}", known.join(", "));
                Err(ToolFilterParamsError::InvalidValue { parameter, expected })
            }
        }
    }

    /// Returns true if and only if tools are selected by class, module, name or toolset.
    pub fn selects_tools(&self) -> bool {
        ["class", "module", "name", "toolset"].iter().any(|parameter| !self.values(parameter).is_empty())
    }

    /// The filter described by the parameters, or `None` if they don't narrow anything.
    ///
    /// # Errors
    /// Returns an error if a class, module or toolset is unknown, or if no tool is left.
    pub fn filter(
        &self,
        catalog: &'static Catalog,
        toolsets: &Toolsets,
    ) -> Result<Option<ToolFilter>, ToolFilterParamsError> {
        let read_only = self.flag("read_only")?;
        if !self.selects_tools() && !read_only {
            return Ok(None);
        }
        let classes = self.values("class").iter().map(|class| class.to_ascii_lowercase().parse());
        let classes = classes.collect::<Result<Vec<ToolClass>, UnknownToolClass>>().map_err(|_| {
            let expected = "one of read, write, custom".to_owned();
            ToolFilterParamsError::InvalidValue { parameter: "class", expected }
        })?;
        let spec = ToolFilterSpec {
            classes,
            modules: self.values("module").to_vec(),
            names: self.values("name").to_vec(),
            toolsets: self.values("toolset").to_vec(),
            read_only,
        };
        Ok(Some(ToolFilter::new(catalog, &spec, toolsets)?))
    }

    fn add(&mut self, parameter: &'static str, value: &str) {
        let values = value.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        match self.0.iter_mut().find(|(name, _)| *name == parameter) {
            Some((_, known)) => known.extend(values),
            None => self.0.push((parameter, values.collect())),
        }
    }
}
