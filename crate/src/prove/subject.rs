//! What is asked about: a scenario's script under a protocol, or the miniature.

use crate::aio::PRESETS;
use crate::explore::miniature::Miniature;
use crate::explore::scripted::Scripted;
use crate::explore::{Finding, Moment, Program};
use crate::machine::ThreadId;
use crate::machine::model::{Body, Cells, Model};
use crate::trace::Lane;

/// A program that can be asked about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A script of a scenario.
    Scripted(Box<Scripted>),
    /// The race in its smallest form.
    Miniature(Miniature),
}

impl Subject {
    /// The scenario's name in the API.
    #[must_use]
    pub fn scenario(&self) -> &'static str {
        match self {
            Self::Scripted(scripted) => scripted.scenario.name,
            Self::Miniature(_) => "miniature",
        }
    }

    /// The protocol's name in the API; "custom" for parts that no preset has.
    #[must_use]
    pub fn protocol(&self) -> &'static str {
        match self {
            Self::Scripted(scripted) => {
                let preset = PRESETS.iter().find(|preset| preset.parts == scripted.protocol);
                preset.map_or("custom", |preset| preset.name)
            }
            Self::Miniature(miniature) => miniature.protocol().name(),
        }
    }

    /// The threads: name, role, and the function that each is in.
    #[must_use]
    pub fn lanes(&self) -> Vec<Lane> {
        (0..self.threads()).map(|thread| self.lane(ThreadId::new(thread))).collect()
    }

    fn lane(&self, thread: ThreadId) -> Lane {
        let (role, function) = match self {
            Self::Scripted(scripted) => {
                let role = &scripted.world.roles[thread.index() as usize];
                (role.name(), role.function())
            }
            Self::Miniature(miniature) => miniature.role(thread),
        };
        Lane { name: self.thread_name(thread), role: role.to_owned(), function: function.to_owned() }
    }

    fn program(&self) -> &dyn Program {
        match self {
            Self::Scripted(scripted) => &**scripted,
            Self::Miniature(miniature) => miniature,
        }
    }
}

impl Program for Subject {
    fn threads(&self) -> u32 {
        self.program().threads()
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.program().thread_name(thread)
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        self.program().execute(visit);
    }

    fn is_broken(&self, memory: &Cells) -> bool {
        self.program().is_broken(memory)
    }

    fn is_beside_the_point(&self, memory: &Cells) -> bool {
        self.program().is_beside_the_point(memory)
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        self.program().judge(memory, moment)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::aio::presets;
    use crate::explore::miniature::MiniatureProtocol;
    use crate::explore::states::{self, Options};
    use crate::explore::{Host, Outcome};
    use crate::scenario::SCENARIOS;

    #[test]
    fn lanes_name_every_thread() {
        for scenario in SCENARIOS {
            let v4 = PRESETS[presets::V4];
            let subject = Subject::Scripted(Box::new(Scripted::new(scenario, scenario.script(), v4.parts)));
            assert_eq!((subject.scenario(), subject.protocol()), (scenario.name, v4.name));
            let roles: Vec<_> = subject.lanes().into_iter().map(|lane| (lane.role, lane.function)).collect();
            let cast = scenario.cast.iter().map(|(role, _)| (role.name().to_owned(), role.function().to_owned()));
            assert_eq!(roles, cast.collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_miniature_is_asked_about_like_any_other() {
        for (protocol, name) in MiniatureProtocol::ALL {
            let miniature = Miniature::new(protocol, 1, 1);
            let subject = Subject::Miniature(miniature);
            assert_eq!((subject.scenario(), subject.protocol()), ("miniature", name));
            let names: Vec<_> = subject.lanes().into_iter().map(|lane| lane.name).collect();
            assert_eq!(names, ["reader", "migrator"]);
            let search = |program: &dyn Program| states::search(program, &Options::default(), &Host::quiet());
            let (verdict, same) = (search(&subject), search(&miniature));
            assert_eq!((verdict.outcome, verdict.states), (same.outcome, same.states));
            let broken = matches!(protocol, MiniatureProtocol::Racy | MiniatureProtocol::TrylockIgnored);
            assert_eq!(verdict.outcome == Outcome::Violated, broken);
        }
    }
}
