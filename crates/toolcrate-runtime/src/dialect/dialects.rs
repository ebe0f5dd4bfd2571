//! The list of dialects. No other code lists them all.

use std::fmt;
use std::str::FromStr;

use super::tool_dialect::ToolDialect;
use crate::error::{Error, FieldError};

/// Defines [`Dialect`] with a variant for each implementation of [`ToolDialect`].
macro_rules! dialects {
    ($($(#[$attribute:meta])* $dialect:ident => $implementation:path,)+) => {
        /// The format in which tools are declared to a provider, and in which its models send arguments.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Dialect {
            $($(#[$attribute])* $dialect,)+
        }

        impl Dialect {
            /// All dialects.
            pub const ALL: [Self; [$(stringify!($dialect)),+].len()] = [$(Self::$dialect),+];

            /// Returns the dialect's implementation.
            pub(super) fn implementation(self) -> &'static dyn ToolDialect {
                match self {
                    $(Self::$dialect => &$implementation,)+
                }
            }
        }
    };
}

dialects! {
    /// The Model Context Protocol.
    #[default]
    Mcp => super::mcp::McpDialect,
    /// OpenAI's function calling.
    OpenAi => super::openai::OpenAiDialect,
    /// OpenAI's function calling with `strict`: arguments are guaranteed to match the schema.
    OpenAiStrict => super::openai_strict::OpenAiStrictDialect,
    /// Anthropic.
    Anthropic => super::anthropic::AnthropicDialect,
    /// Google Gemini.
    Gemini => super::gemini::GeminiDialect,
    /// Truto's tool list.
    Truto => super::truto::TrutoDialect,
}

impl Dialect {
    /// Returns the name used in commands and settings.
    pub fn as_str(self) -> &'static str {
        self.implementation().name()
    }

    /// Returns the argument for a list cursor, if lists are continued with one.
    pub fn cursor_argument(self) -> Option<&'static str> {
        self.implementation().cursor_argument()
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            let message = format!("unknown dialect \"{text}\" (expected one of {names})");
            Error::invalid_arguments(vec![FieldError::new("", "enum", message)])
        })
    }
}
