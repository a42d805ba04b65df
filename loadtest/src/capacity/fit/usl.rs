//! The Universal Scalability Law (Gunther, "Guerrilla Capacity Planning", Springer 2007, chapters 4 to 6).
//!
//! With `n` requests in flight the throughput is `λ n / (1 + σ (n - 1) + κ n (n - 1))`:
//! σ is the share of the work that waits for others, κ the cost of each pair that has to agree.

use super::Step;

/// The coefficients of the law.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Usl {
    /// Throughput of one request at a time, in requests per second.
    pub lambda: f64,
    /// Contention; never negative.
    pub sigma: f64,
    /// Coherence; never negative, and without it the throughput has no peak.
    pub kappa: f64,
}

impl Usl {
    /// The throughput with so many requests in flight.
    pub fn throughput(&self, n: f64) -> f64 {
        self.lambda * n / (1.0 + self.sigma * (n - 1.0) + self.kappa * n * (n - 1.0))
    }

    /// The largest throughput, if the steps went past it.
    pub(super) fn peak_within(&self, steps: &[Step]) -> Option<f64> {
        let samples = steps.iter().flat_map(|step| &step.samples);
        let most = samples.map(|sample| sample.concurrency).fold(0.0, f64::max);
        let at = ((1.0 - self.sigma) / self.kappa).max(0.0).sqrt();
        (at <= most).then(|| self.throughput(at.max(1.0)))
    }
}

/// The law closest to the samples, in relative terms; nothing where fewer than three samples had anything in flight.
///
/// `n / throughput` is linear in `1`, `n - 1` and `n (n - 1)`, so least squares have a closed form,
/// and with at most two coefficients that must not be negative all cases can be tried.
pub(super) fn fit(steps: &[Step]) -> Option<Usl> {
    let rows: Vec<([f64; 3], f64)> = steps
        .iter()
        .flat_map(|step| &step.samples)
        .filter(|sample| sample.throughput > 0.0 && sample.concurrency > 0.0)
        .map(|sample| {
            let (n, y) = (sample.concurrency, sample.concurrency / sample.throughput);
            // Divided by what is measured, so that a per cent counts the same everywhere.
            ([1.0 / y, (n - 1.0) / y, n * (n - 1.0) / y], 1.0)
        })
        .collect();
    if rows.len() < 3 {
        return None;
    }
    [[true, true], [true, false], [false, true], [false, false]]
        .into_iter()
        .filter_map(|[sigma, kappa]| solve(&rows, [true, sigma, kappa]))
        .filter(|x| x[0] > 0.0 && x[1] >= 0.0 && x[2] >= 0.0)
        .min_by(|a, b| error(&rows, a).total_cmp(&error(&rows, b)))
        .map(|[a, b, c]| Usl {
            lambda: 1.0 / a,
            sigma: b / a,
            kappa: c / a,
        })
}

fn error(rows: &[([f64; 3], f64)], x: &[f64; 3]) -> f64 {
    let seen = |row: &[f64; 3]| row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>();
    rows.iter().map(|(row, y)| (seen(row) - y).powi(2)).sum()
}

/// Least squares with only those coefficients that may differ from 0: the normal equations by Gauss and Jordan.
fn solve(rows: &[([f64; 3], f64)], free: [bool; 3]) -> Option<[f64; 3]> {
    let mut equations = [[0.0; 4]; 3];
    for (i, equation) in equations.iter_mut().enumerate() {
        if !free[i] {
            equation[i] = 1.0;
            continue;
        }
        for j in (0..3).filter(|j| free[*j]) {
            equation[j] = rows.iter().map(|(row, _)| row[i] * row[j]).sum();
        }
        equation[3] = rows.iter().map(|(row, y)| row[i] * y).sum();
    }
    for i in 0..3 {
        let largest =
            (i..3).max_by(|a, b| equations[*a][i].abs().total_cmp(&equations[*b][i].abs()))?;
        equations.swap(i, largest);
        let pivot = equations[i];
        if pivot[i].abs() < f64::EPSILON {
            return None;
        }
        for (row, equation) in equations.iter_mut().enumerate() {
            let factor = equation[i] / pivot[i];
            for (value, above) in equation.iter_mut().zip(pivot) {
                if row != i {
                    *value -= factor * above;
                }
            }
        }
    }
    Some(std::array::from_fn(|i| equations[i][3] / equations[i][i]))
}
