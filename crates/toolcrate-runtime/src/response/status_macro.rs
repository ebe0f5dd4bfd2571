//! The macro that decodes a response by its status.

/// Implements [`FromResponse`](crate::FromResponse) and `status` for a generated enum of an operation's responses. Each
/// status has a variant, with the type of its content if it has any. The last variant is for all other statuses:
/// `Other` contains the raw response, and a variant with another name contains the status and the decoded content, if
/// any.
#[macro_export]
macro_rules! impl_responses {
    ($name:ident { $($status:literal => $variant:ident $(($content:ty))?,)* _ => Other }) => {
        impl $name {
            /// Returns the HTTP status.
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$variant { .. } => $status,)*
                    Self::Other(response) => response.status(),
                }
            }
        }
        $crate::impl_responses!(@impl $name, response, {
            match response.status() {
                $($status => $crate::impl_responses!(@read $name, $variant, response $(, $content)?),)*
                _ => ::std::result::Result::Ok(Self::Other(response.clone())),
            }
        } $($(, $content)?)*);
    };
    ($name:ident { $($status:literal => $variant:ident $(($content:ty))?,)* _ => $rest:ident $(($other:ty))? }) => {
        impl $name {
            /// Returns the HTTP status.
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$variant { .. } => $status,)*
                    Self::$rest(status, ..) => *status,
                }
            }
        }
        $crate::impl_responses!(@impl $name, response, {
            match response.status() {
                $($status => $crate::impl_responses!(@read $name, $variant, response $(, $content)?),)*
                status => $crate::impl_responses!(@rest $name, $rest, status, response $(, $other)?),
            }
        } $($(, $content)?)* $(, $other)?);
    };
    (@impl $name:ident, $response:ident, $read:block $(, $content:ty)*) => {
        impl $crate::FromResponse for $name {
            fn from_response($response: &mut $crate::RawResponse) -> ::std::result::Result<Self, $crate::Error> {
                $read
            }
            fn visit_empty(_visit: &mut dyn FnMut($crate::__private::ValueMut<'_>)) {
                $(<$content as $crate::FromResponse>::visit_empty(_visit);)*
            }
            fn accept(api: &$crate::Api) -> &'static str {
                // A file may be of any type.
                let accepted = [$(<$content as $crate::FromResponse>::accept(api)),*];
                if accepted.contains(&"*/*") { "*/*" } else { api.accept }
            }
        }
    };
    (@read $name:ident, $variant:ident, $response:ident) => {
        ::std::result::Result::Ok($name::$variant)
    };
    (@read $name:ident, $variant:ident, $response:ident, $content:ty) => {
        <$content as $crate::FromResponse>::from_response($response).map($name::$variant)
    };
    (@rest $name:ident, $variant:ident, $status:ident, $response:ident) => {
        ::std::result::Result::Ok($name::$variant($status))
    };
    (@rest $name:ident, $variant:ident, $status:ident, $response:ident, $content:ty) => {
        <$content as $crate::FromResponse>::from_response($response)
            .map(|content| $name::$variant($status, content))
    };
}
