//! The smallest patch of policies that would let a Flow pass, tried before it is offered.

use serde_json::{Value, json};

use super::answer::{Answer, Says};
use super::ends::{Ends, To};
use super::other::{by_port, by_service, others};
use super::question::under_all;
use super::swap::Swap;
use crate::cluster::View;
use crate::finding::Mend;
use crate::object::Of;
use crate::policy::{Action, Direction, Policy};
use crate::reach::{By, Dns, endpoints};
use crate::rules::{Amended, Writing, rule_for_dns, rules_for_api_server};

/// What would let a Flow pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fix {
    /// A patch a policy; none where it passes, or where no patch would let it.
    pub mends: Vec<Mend>,
    /// What is to be said of them, or why there is none.
    pub note: Option<String>,
}

/// The most policies that are patched together.
const MOST: usize = 4;

/// What would let a Flow pass that does not.
pub(super) fn fix(ends: &Ends<'_>, answer: &Answer<'_>, view: View<'_>) -> Fix {
    if answer.says == Says::Allowed {
        return Fix::default();
    }
    let attempt = |narrow: bool| Attempt { ends, view, narrow }.patches(answer);
    // Where the narrowest policy cannot let it pass, the one that decided may.
    let found = attempt(true).or_else(|why| attempt(false).map_err(|_| why));
    found.unwrap_or_else(|why| Fix {
        mends: Vec::new(),
        note: Some(why),
    })
}

/// One way to choose which policies to patch.
struct Attempt<'e, 'a> {
    ends: &'e Ends<'a>,
    view: View<'a>,
    /// Whether of several policies that isolate the same pods the narrowest is patched.
    narrow: bool,
}

/// A policy to patch, and the rules that it needs on one direction.
struct Step<'a> {
    policy: Of<'a, Policy>,
    direction: Direction,
    rules: Vec<Value>,
    amended: Amended,
}

impl<'a> Attempt<'_, 'a> {
    /// Patches one policy after the other until the Flow passes; or why that does not come about.
    fn patches(&self, answer: &Answer<'a>) -> Result<Fix, String> {
        let mut steps: Vec<Step<'a>> = Vec::new();
        let mut wanted = deciding(answer);
        while !wanted.is_empty() && steps.len() < MOST {
            for (by, direction) in wanted {
                let step = self.step(by, direction, &steps)?;
                if !steps.iter().any(|it| it.is(step.policy, direction)) {
                    steps.push(step);
                }
            }
            let swaps: Vec<Swap<'_>> = steps.iter().rev().map(Step::swap).collect();
            let parts = self.ends.under(&swaps).judged(self.view);
            let after = under_all(parts.unwrap_or_default());
            if after.says == Says::Allowed {
                return Ok(told(&steps));
            }
            let still = deciding(&after).into_iter();
            wanted = still
                .filter_map(|(by, direction)| Some((self.as_it_is(by)?, direction)))
                .filter(|(by, direction)| !steps.iter().any(|it| it.is(by.policy, *direction)))
                .collect();
        }
        Err(nothing(answer))
    }

    /// What decides, among the policies as they are without a patch.
    fn as_it_is(&self, by: By<'_>) -> Option<By<'a>> {
        let mut all = self.ends.shapes().flat_map(|shape| &shape.policies);
        let policy = *all.find(|it| is_same(**it, by.policy))?;
        let mut rules = policy.body.ingress.iter().chain(&policy.body.egress);
        let rule = by
            .rule
            .and_then(|rule| rules.find(|it| (&it.at, it.action) == (&rule.at, rule.action)));
        Some(By { policy, rule })
    }

    fn step(
        &self,
        by: By<'a>,
        direction: Direction,
        before: &[Step<'a>],
    ) -> Result<Step<'a>, String> {
        let policy = match by.rule {
            None if self.narrow => self.narrowest(by.policy, direction),
            _ => by.policy,
        };
        let meta = policy.meta;
        let writing = Writing::of(meta.kind)
            .ok_or_else(|| format!("no rule can be written for {meta} here"))?;
        let rules = self.rules(policy, direction, writing)?;
        let denies = by.rule.filter(|rule| rule.action == Action::Deny);
        let mut before = before.iter().rev();
        let patched = before.find(|it| is_same(it.policy, policy));
        let body = patched.map_or(policy.body, |it| &it.amended.policy);
        let amended = Amended::of(Of { meta, body }, direction, denies, &rules);
        let amended = amended.ok_or_else(|| match denies {
            Some(_) => format!("{meta} denies it, which no rule beside that can admit"),
            None => format!("no rule of {meta} can admit it"),
        })?;
        Ok(Step {
            policy,
            direction,
            rules,
            amended,
        })
    }

    /// Of the policies that isolate the same pods in the same way, the one that selects fewest.
    fn narrowest(&self, told: Of<'a, Policy>, direction: Direction) -> Of<'a, Policy> {
        let holds = |policies: &[Of<'a, Policy>], it: &Policy| {
            policies.iter().any(|other| std::ptr::eq(other.body, it))
        };
        let mut concerned = self
            .ends
            .shapes()
            .filter(|shape| holds(&shape.policies, told.body));
        let Some(first) = concerned.next() else {
            return told;
        };
        let rest: Vec<_> = concerned.collect();
        let alike = first.policies.iter().filter(|it| {
            it.meta.kind == told.meta.kind
                && it.body.tier == told.body.tier
                && it.body.isolates(direction)
                && it.body.unsure.is_none()
                && rest.iter().all(|shape| holds(&shape.policies, it.body))
        });
        let asks = |it: &&Of<'a, Policy>| it.body.subject.pods.requirements.len();
        let narrowest = alike.max_by_key(asks).copied();
        let asked = told.body.subject.pods.requirements.len();
        narrowest.filter(|it| asks(&it) > asked).unwrap_or(told)
    }

    /// The rules that `policy` needs on one direction.
    fn rules(
        &self,
        policy: Of<'a, Policy>,
        direction: Direction,
        writing: Writing,
    ) -> Result<Vec<Value>, String> {
        let own = policy.meta.namespace();
        if direction == Direction::Ingress {
            let others = others(self.ends.from.iter())?;
            let ports = self.ends.ports_under(policy.body).into_iter();
            let rules = ports.flat_map(|port| writing.admitting(direction, own, &others, port));
            return some(rules, || {
                format!("{} cannot tell whom to admit", policy.meta)
            });
        }
        match &self.ends.to {
            To::ApiServer => some(to_api_server(writing, self.view).into_iter(), || {
                "the API server's addresses are not in view, so that no rule can name them"
                    .to_owned()
            }),
            To::Dns { .. } => some(to_dns(writing, self.view).into_iter(), || {
                "the DNS pods are not in view, so that no rule can name them".to_owned()
            }),
            To::Targets(targets) => {
                let mut rules = Vec::new();
                for (port, addresses) in by_service(targets) {
                    rules.extend(writing.admitting(direction, own, &addresses, port));
                }
                for (port, group) in by_port(targets) {
                    let others = others(group.into_iter())?;
                    rules.extend(writing.admitting(direction, own, &others, port));
                }
                some(rules.into_iter(), || {
                    format!("{} cannot tell whom to admit", policy.meta)
                })
            }
        }
    }
}

/// Whether two are the same policy, be it with a patch.
fn is_same(one: Of<'_, Policy>, other: Of<'_, Policy>) -> bool {
    std::ptr::eq(one.meta, other.meta) && one.body.at == other.body.at
}

impl Step<'_> {
    fn is(&self, policy: Of<'_, Policy>, direction: Direction) -> bool {
        self.direction == direction && is_same(self.policy, policy)
    }

    fn swap(&self) -> Swap<'_> {
        Swap {
            before: self.policy.body,
            after: &self.amended.policy,
        }
    }
}

/// The policies that keep a Flow from passing, and on which side.
fn deciding<'a>(answer: &Answer<'a>) -> Vec<(By<'a>, Direction)> {
    let sides = [
        (&answer.egress, Direction::Egress),
        (&answer.ingress, Direction::Ingress),
    ];
    let stops = sides
        .into_iter()
        .filter(|(side, _)| side.says != Says::Allowed);
    stops
        .filter_map(|(side, direction)| Some((side.by?, direction)))
        .collect()
}

/// Why there is no patch.
fn nothing(answer: &Answer<'_>) -> String {
    let known = match &answer.says {
        Says::Depends(_) => "what it depends on is not settled by a rule more",
        Says::Allowed | Says::Denied => "no patch of these policies lets it pass for certain",
    };
    known.to_owned()
}

fn told(steps: &[Step<'_>]) -> Fix {
    let mends = steps.iter().map(|step| {
        let policy = step.policy.meta.reference.clone();
        step.amended.mend(policy, step.rules.clone())
    });
    let broad = steps
        .iter()
        .find(|step| step.policy.body.subject.pods.is_empty());
    Fix {
        mends: mends.collect(),
        note: broad.map(|step| {
            let meta = step.policy.meta;
            format!("it is opened for every pod that {meta} selects")
        }),
    }
}

fn some(
    rules: impl Iterator<Item = Value>,
    why: impl Fn() -> String,
) -> Result<Vec<Value>, String> {
    let mut all: Vec<Value> = Vec::new();
    for rule in rules {
        if !all.contains(&rule) {
            all.push(rule);
        }
    }
    if all.is_empty() { Err(why()) } else { Ok(all) }
}

fn to_api_server(writing: Writing, view: View<'_>) -> Vec<Value> {
    match writing {
        Writing::Calico => vec![to_service("default", "kubernetes")],
        _ => rules_for_api_server(&endpoints(view), writing),
    }
}

fn to_dns(writing: Writing, view: View<'_>) -> Option<Value> {
    let known = Dns::of(view);
    match writing {
        Writing::Calico => {
            let service = known.service?.meta;
            Some(to_service(service.namespace(), service.name()))
        }
        _ => rule_for_dns(&known, writing),
    }
}

/// Calico's rule for whatever stands behind a Service.
fn to_service(namespace: &str, name: &str) -> Value {
    let service = json!({ "services": { "name": name, "namespace": namespace } });
    json!({ "action": "Allow", "destination": service })
}
