//! `exp` and `ln` from additions and multiplications alone.
//!
//! The platform's own functions differ in the last bit between systems; one bit may turn a draw
//! and with it every byte after it. These are the same everywhere, to about 1e-12.

/// e to the power of `x`, for |x| below 700.
pub(crate) fn exp(x: f64) -> f64 {
    let halvings = (x / std::f64::consts::LN_2).round();
    let rest = x - halvings * std::f64::consts::LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..=14 {
        term *= rest / f64::from(n);
        sum += term;
    }
    let exponent = (halvings as i64 + 1023).clamp(1, 2046) as u64;
    sum * f64::from_bits(exponent << 52)
}

/// Natural logarithm of a positive, normal `x`.
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023 << 52));
    // ln m = 2 atanh((m - 1) / (m + 1)), with m in [1, 2).
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut power = ratio;
    let mut sum = 0.0;
    for n in 0..14 {
        sum += power / f64::from(2 * n + 1);
        power *= square;
    }
    2.0 * sum + exponent as f64 * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_platform() {
        for step in -400..400 {
            let x = f64::from(step) * 0.05;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "exp({x})");
            let y = x.exp();
            assert!((ln(y) - y.ln()).abs() < 1e-11, "ln({y})");
        }
    }
}
