//! Numbers as `java.math.BigDecimal` compares and prints them: exact, whatever their notation.

use crate::resolve::java_text;
use serde_json::Number;
use std::cmp::Ordering;

/// `digits * 10^-scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    digits: i128,
    scale: i32,
}

impl Decimal {
    /// The number that a Java number prints as.
    pub(super) fn from_number(number: &Number) -> Option<Self> {
        match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => Some(Self { digits: integer.into(), scale: 0 }),
            (None, Some(integer)) => Some(Self { digits: integer.into(), scale: 0 }),
            (None, None) => Self::parse(&java_text::double(number.as_f64()?)),
        }
    }

    /// A literal: sign, digits with at most one point, exponent. At most 38 digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        if unsigned.is_empty() && fraction.is_empty() || !is_digits(unsigned) || !is_digits(fraction) {
            return None;
        }
        let digits = format!("{whole}{fraction}").parse::<i128>().ok()?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Some(Self { digits, scale })
    }

    /// Without trailing zeros.
    fn normal(mut self) -> Self {
        while self.digits != 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.scale = self.scale.saturating_sub(1);
        }
        if self.digits == 0 { Self { digits: 0, scale: 0 } } else { self }
    }

    /// The power of ten of the first digit.
    fn magnitude(self) -> i64 {
        i64::from(self.digits.unsigned_abs().checked_ilog10().unwrap_or(0)) - i64::from(self.scale)
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        let (left, right) = (self.normal(), other.normal());
        let sign = left.digits.signum();
        if sign != right.digits.signum() || sign == 0 {
            return sign.cmp(&right.digits.signum());
        }
        let by_magnitude = left.magnitude().cmp(&right.magnitude());
        let ordering = by_magnitude.then_with(|| {
            let scale = left.scale.max(right.scale);
            left.scaled(scale).cmp(&right.scaled(scale))
        });
        if sign < 0 { ordering.reverse() } else { ordering }
    }

    /// The unsigned digits at a scale that is not smaller.
    fn scaled(self, scale: i32) -> u128 {
        let power = u32::try_from(scale.saturating_sub(self.scale)).unwrap_or(0);
        self.digits.unsigned_abs().saturating_mul(10_u128.saturating_pow(power))
    }

    /// The integer part as a Java `int`.
    pub(super) fn integer(self) -> i64 {
        let power = 10_i128.checked_pow(self.scale.unsigned_abs());
        let integer = match (power, self.scale < 0) {
            (Some(power), true) => self.digits.saturating_mul(power),
            (Some(power), false) => self.digits / power,
            (None, _) => 0,
        };
        i64::try_from(integer).unwrap_or(i64::MAX)
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl std::fmt::Display for Decimal {
    /// As `BigDecimal.toString` prints it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.digits.unsigned_abs().to_string();
        let sign = if self.digits < 0 { "-" } else { "" };
        let exponent = i64::try_from(digits.len()).unwrap_or(0) - 1 - i64::from(self.scale);
        if self.scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        if self.scale < 0 || exponent < -6 {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{sign}{first}{point}{rest}E{exponent:+}");
        }
        let scale = usize::try_from(self.scale).unwrap_or(0);
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use std::cmp::Ordering::{Equal, Greater, Less};

    #[test]
    fn numbers_compare_by_value_and_print_as_written() {
        let check = |left: &str, right: &str, expected: std::cmp::Ordering, printed: &str| {
            let (left, right) = (Decimal::parse(left).expect("a number"), Decimal::parse(right).expect("a number"));
            assert_eq!((left.compare(right), left.to_string().as_str()), (expected, printed));
        };
        check("1", "1.0", Equal, "1");
        check("1.50", "1.5", Equal, "1.50");
        check("9007199254740993", "9007199254740992.0", Greater, "9007199254740993");
        check("-2", "-1", Less, "-2");
        check("1.0E10", "9999999999", Greater, "1.0E+10");
        check("0.0000001", "1e-7", Equal, "1E-7");
        check("1e300", "1e-300", Greater, "1E+300");
        check("0", "-0.0", Equal, "0");
        assert!(Decimal::parse("").is_none() && Decimal::parse("1-2").is_none() && Decimal::parse(".").is_none());
    }
}
