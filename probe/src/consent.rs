//! Consent to the one command that acts. A [`Consent`] comes out of a command line with the flag, and of nothing else,
//! so that no code can force a failover which nobody asked for.
//!
//! ```compile_fail
//! let forged = probe::consent::Consent(());
//! ```

/// The flag that consents. Its field is private: only the command line fills it.
#[derive(Debug, clap::Args)]
pub struct ConsentFlag {
    /// Really do it: the standby takes over, and the database is away for one or two minutes
    #[arg(long)]
    yes_force_failover: bool,
}

impl ConsentFlag {
    /// The consent, where the flag stood on the command line.
    pub fn given(&self) -> Option<Consent> {
        self.yes_force_failover.then_some(Consent(()))
    }
}

/// A person has asked for a failover, once.
#[derive(Debug)]
pub struct Consent(());

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flag: ConsentFlag,
    }

    #[test]
    fn nothing_but_the_flag_consents() {
        let given = |line: &[&str]| Line::parse_from(line).flag.given().is_some();
        assert!(given(&["probe", "--yes-force-failover"]));
        assert!(!given(&["probe"]));
        assert!(Line::try_parse_from(["probe", "--yes-force-failover=false"]).is_err());
    }
}
