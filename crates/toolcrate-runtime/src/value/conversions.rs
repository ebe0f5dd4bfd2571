//! Converts values to and from the types of the `time` crate and, if the feature with the same name is enabled, of the
//! `chrono`, `jiff` and `rust_decimal` crates.

/// Conversions for `time`.
mod time_types {
    use time::{Month, OffsetDateTime};

    use crate::value::{Date, InvalidValueError, Timestamp};

    impl From<OffsetDateTime> for Timestamp {
        fn from(moment: OffsetDateTime) -> Self {
            Self::from_parts(moment.unix_timestamp(), moment.nanosecond())
        }
    }

    impl TryFrom<Timestamp> for OffsetDateTime {
        type Error = InvalidValueError;

        fn try_from(timestamp: Timestamp) -> Result<Self, InvalidValueError> {
            let moment = Self::from_unix_timestamp(timestamp.unix_seconds()).ok();
            let moment =
                moment.and_then(|moment| moment.replace_nanosecond(timestamp.subsecond_nanoseconds()).ok());
            moment.ok_or_else(|| {
                InvalidValueError::new("a timestamp that fits in a `time::OffsetDateTime`", timestamp)
            })
        }
    }

    impl TryFrom<time::Date> for Date {
        type Error = InvalidValueError;

        fn try_from(date: time::Date) -> Result<Self, InvalidValueError> {
            let year = u16::try_from(date.year());
            let year =
                year.map_err(|_| InvalidValueError::new("a date with a year from 0 to 9999", date.year()))?;
            Self::new(year, date.month().into(), date.day())
        }
    }

    impl TryFrom<Date> for time::Date {
        type Error = InvalidValueError;

        fn try_from(date: Date) -> Result<Self, InvalidValueError> {
            let month = Month::try_from(date.month()).ok();
            let day =
                month.and_then(|month| Self::from_calendar_date(date.year().into(), month, date.day()).ok());
            day.ok_or_else(|| InvalidValueError::new("a date that fits in a `time::Date`", date))
        }
    }
}

/// Conversions for `chrono`.
#[cfg(feature = "chrono")]
mod chrono_types {
    use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc};

    use crate::value::{Date, InvalidValueError, Timestamp};

    impl<Z: TimeZone> From<DateTime<Z>> for Timestamp {
        fn from(moment: DateTime<Z>) -> Self {
            // A leap second counts beyond the last nanosecond of the preceding second.
            Self::from_parts(moment.timestamp(), moment.timestamp_subsec_nanos().min(999_999_999))
        }
    }

    impl TryFrom<Timestamp> for DateTime<Utc> {
        type Error = InvalidValueError;

        fn try_from(timestamp: Timestamp) -> Result<Self, InvalidValueError> {
            Self::from_timestamp(timestamp.unix_seconds(), timestamp.subsecond_nanoseconds()).ok_or_else(
                || InvalidValueError::new("a timestamp that fits in a `chrono::DateTime`", timestamp),
            )
        }
    }

    impl TryFrom<NaiveDate> for Date {
        type Error = InvalidValueError;

        fn try_from(date: NaiveDate) -> Result<Self, InvalidValueError> {
            let year = u16::try_from(date.year());
            let year = year.map_err(|_| InvalidValueError::new("a date with a year from 0 to 9999", date))?;
            Self::new(year, date.month() as u8, date.day() as u8)
        }
    }

    impl From<Date> for NaiveDate {
        fn from(date: Date) -> Self {
            // Every date in the years 0 to 9999 exists in `chrono`.
            Self::from_ymd_opt(date.year().into(), date.month().into(), date.day().into()).unwrap_or_default()
        }
    }
}

/// Conversions for `jiff`.
#[cfg(feature = "jiff")]
mod jiff_types {
    use crate::value::{Date, InvalidValueError, Timestamp};

    impl From<jiff::Timestamp> for Timestamp {
        fn from(moment: jiff::Timestamp) -> Self {
            let nanoseconds = moment.as_nanosecond();
            let seconds = nanoseconds.div_euclid(1_000_000_000);
            Self::from_parts(seconds as i64, nanoseconds.rem_euclid(1_000_000_000) as u32)
        }
    }

    impl TryFrom<Timestamp> for jiff::Timestamp {
        type Error = InvalidValueError;

        fn try_from(timestamp: Timestamp) -> Result<Self, InvalidValueError> {
            Self::new(timestamp.unix_seconds(), timestamp.subsecond_nanoseconds() as i32)
                .map_err(|_| InvalidValueError::new("a timestamp with a year from -9999 to 9999", timestamp))
        }
    }

    impl TryFrom<jiff::civil::Date> for Date {
        type Error = InvalidValueError;

        fn try_from(date: jiff::civil::Date) -> Result<Self, InvalidValueError> {
            let year = u16::try_from(date.year());
            let year = year.map_err(|_| InvalidValueError::new("a date with a year from 0 to 9999", date))?;
            Self::new(year, date.month() as u8, date.day() as u8)
        }
    }

    impl TryFrom<Date> for jiff::civil::Date {
        type Error = InvalidValueError;

        fn try_from(date: Date) -> Result<Self, InvalidValueError> {
            Self::new(date.year() as i16, date.month() as i8, date.day() as i8)
                .map_err(|_| InvalidValueError::new("a valid date", date))
        }
    }
}

/// Conversions for `rust_decimal`.
#[cfg(feature = "rust_decimal")]
mod decimal_types {
    use rust_decimal::Decimal;

    use crate::value::{InvalidValueError, Number};

    /// Exact for up to 18 digits; longer numbers are rounded.
    impl From<Decimal> for Number {
        fn from(number: Decimal) -> Self {
            let parts = |number: Decimal| {
                let digits = i64::try_from(number.mantissa()).ok()?;
                let scale = u8::try_from(number.scale()).ok().filter(|scale| *scale <= 18)?;
                Some(Self::from_parts(digits, scale))
            };
            parts(number).or_else(|| parts(number.normalize())).unwrap_or_else(|| {
                // The text of a decimal number is also valid for a float.
                Self::from(number.to_string().parse::<f64>().unwrap_or(f64::NAN))
            })
        }
    }

    impl TryFrom<Number> for Decimal {
        type Error = InvalidValueError;

        fn try_from(number: Number) -> Result<Self, InvalidValueError> {
            let decimal = match number.parts() {
                Some((digits, scale)) => Some(Self::new(digits, scale.into())),
                None => Self::from_scientific(&format!("{:e}", number.as_f64())).ok(),
            };
            decimal.ok_or_else(|| {
                InvalidValueError::new("a number that fits in a `rust_decimal::Decimal`", number)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn time_types_convert() {
        use crate::value::{Date, Timestamp};

        let timestamp: Timestamp = "2025-01-31T09:30:00.5Z".parse().expect("a time");
        let moment = time::OffsetDateTime::try_from(timestamp).expect("a moment");
        assert_eq!((moment.year(), moment.nanosecond()), (2025, 500_000_000));
        assert_eq!(Timestamp::from(moment), timestamp);
        let date = Date::new(2024, 2, 29).expect("a day");
        assert_eq!(time::Date::try_from(date).expect("a day").try_into(), Ok(date));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono_types_convert() {
        use crate::value::{Date, Timestamp};

        let timestamp: Timestamp = "1969-12-31T23:59:59.25Z".parse().expect("a time");
        let moment = chrono::DateTime::try_from(timestamp).expect("a moment");
        assert_eq!((moment.timestamp(), moment.timestamp_subsec_millis()), (-1, 250));
        assert_eq!(Timestamp::from(moment), timestamp);
        let date = Date::new(2024, 2, 29).expect("a day");
        assert_eq!(chrono::NaiveDate::from(date).try_into(), Ok(date));
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff_types_convert() {
        use crate::value::{Date, Timestamp};

        let timestamp: Timestamp = "1969-12-31T23:59:59.25Z".parse().expect("a time");
        let moment = jiff::Timestamp::try_from(timestamp).expect("a moment");
        assert_eq!(moment.to_string(), "1969-12-31T23:59:59.25Z");
        assert_eq!(Timestamp::from(moment), timestamp);
        let date = Date::new(2024, 2, 29).expect("a day");
        assert_eq!(jiff::civil::Date::try_from(date).expect("a day").try_into(), Ok(date));
    }

    #[cfg(feature = "rust_decimal")]
    #[test]
    fn decimal_numbers_convert_exactly() {
        use crate::value::Number;
        use rust_decimal::Decimal;

        for text in ["1.10", "-0.05", "9999999999999.99", "0", "1e3"] {
            let number: Number = text.parse().expect("a number");
            let decimal = Decimal::try_from(number).expect("a decimal number");
            assert_eq!(Number::from(decimal), number, "{text}");
        }
        let price = Decimal::new(110, 2) * Decimal::from(3);
        assert_eq!(Number::from(price).to_string(), "3.30");
    }
}
