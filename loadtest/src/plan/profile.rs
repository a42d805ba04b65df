//! The plans that are built in.

/// A plan for a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// Is it alive: 20 seconds at a rate that hurts nobody
    Smoke,
    /// The everyday load, long enough for a verdict on 99.9 %
    Baseline,
    /// Ten times the everyday load, at once and for a short time
    Spike,
    /// The everyday load for hours: what leaks, shows
    Soak,
    /// Up to five times the everyday load in steps, and back
    Stress,
    /// Doors open, a rush to join, a steady time, a wave of cancellations
    EventDay,
    /// A step that needs more tasks, held until they are there
    Autoscale,
}

impl Profile {
    /// Its text as a plan file.
    pub fn text(self) -> &'static str {
        match self {
            Self::Smoke => include_str!("../../profiles/smoke.toml"),
            Self::Baseline => include_str!("../../profiles/baseline.toml"),
            Self::Spike => include_str!("../../profiles/spike.toml"),
            Self::Soak => include_str!("../../profiles/soak.toml"),
            Self::Stress => include_str!("../../profiles/stress.toml"),
            Self::EventDay => include_str!("../../profiles/event-day.toml"),
            Self::Autoscale => include_str!("../../profiles/autoscale.toml"),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;
    use crate::plan::{File, Plan};

    #[test]
    fn every_profile_is_a_sound_plan_and_carries_its_name() {
        for profile in Profile::value_variants() {
            let name = profile.to_possible_value().unwrap().get_name().to_owned();
            let file: File = toml::from_str(profile.text()).unwrap();
            let plan = Plan::try_from(file).unwrap();
            assert_eq!(plan.name, name);
        }
    }
}
