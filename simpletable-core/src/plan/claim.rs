//! Unique values: each is a row of its own, a claim, that names the row whose value it is. Claims are taken and released in the
//! transaction that writes the row, so that no crash comes between.

use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use super::{Action, Failure, Plan, free, unchanged};
use crate::codec::{is_expired, is_out_of_service, name};
use crate::entity::{Check, Claim, Claims, Holding, Limits, Row};
use crate::error::{Error, Item, Result};
use crate::expr::Node;
use crate::handle::{Call, built, key_item};
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::schema::EntityDef;

/// What an action does to a claim.
#[derive(Clone)]
pub(crate) enum ClaimStep {
    /// The value becomes that of a row; a claim of one of `owners` is its own already.
    Take { claim: Claim, owners: Vec<PrimaryKey> },
    /// The value becomes free.
    Release,
    /// A row whose claim is taken over is still gone, or still without the value.
    Owner,
}

/// What a write does to claims: `old` is the row as it was read, `new` as it will be. An unchanged value stays untouched, unless its claim
/// has to move with the row, or expire with it at another time.
pub(crate) fn claims(old: Option<&Row>, new: &Row, ttl_attribute: &'static str) -> Vec<Action> {
    if new.claims.is_none() {
        return Vec::new();
    }
    let (old, new) = (old.map(Row::holding), new.holding());
    let before = old.as_ref().map_or(&[][..], |old| &old.claims.held);
    let has = |claims: &[Claim], claim: &Claim| claims.iter().any(|other| other.key == claim.key);
    let moves = old.as_ref().is_none_or(|old| old.key != new.key || old.claims.expires != new.claims.expires);
    let owners: Vec<PrimaryKey> = old.iter().chain([&new]).map(|row| row.key.clone()).collect();
    let taken = new.claims.held.iter().filter(|claim| moves || !has(before, claim));
    let taken = taken.map(|claim| take(claim.clone(), &new, owners.clone(), ttl_attribute));
    let released = before.iter().filter(|claim| !has(&new.claims.held, claim)).map(|claim| release(claim, &owners));
    taken.chain(released).collect()
}

/// What releases all claims of a row.
pub(crate) fn released(row: &Holding) -> Vec<Action> {
    row.claims.held.iter().map(|claim| release(claim, std::slice::from_ref(&row.key))).collect()
}

/// What claims a value of a row that is there.
pub(crate) fn claimed(row: &Holding, claim: &Claim, ttl_attribute: &'static str) -> Action {
    take(claim.clone(), row, vec![row.key.clone()], ttl_attribute)
}

fn take(claim: Claim, row: &Holding, owners: Vec<PrimaryKey>, ttl_attribute: &'static str) -> Action {
    let mut item = key_item(key_of(&claim));
    item.insert(name::OWNER.to_owned(), owner_value(&row.key));
    if let Some(expires) = &row.claims.expires {
        item.insert(ttl_attribute.to_owned(), expires.clone());
    }
    let condition = is_free(&owners);
    let step = ClaimStep::Take { claim, owners };
    Action { claim: Some(step), ..Action::put(item).only_if(condition, Failure::Conflict) }
}

fn release(claim: &Claim, owners: &[PrimaryKey]) -> Action {
    Action { claim: Some(ClaimStep::Release), ..Action::delete(key_of(claim)).only_if(is_free(owners), Failure::Conflict) }
}

/// The key of a claim's row.
fn key_of(claim: &Claim) -> PrimaryKey {
    PrimaryKey { pk: claim.key.clone(), sk: claim.key.clone() }
}

/// There is no claim, or it is one's own.
fn is_free(owners: &[PrimaryKey]) -> Node {
    Node::Any(std::iter::once(Node::absent(name::PK)).chain(owners.iter().map(owned_by)).collect())
}

/// The claim names this row.
fn owned_by(owner: &PrimaryKey) -> Node {
    Node::equal(name::OWNER, owner_value(owner))
}

fn owner_value(key: &PrimaryKey) -> AttributeValue {
    AttributeValue::M(key_item(key.clone()))
}

/// The row that a claim names.
pub(crate) fn owner_of(claim: &Item) -> Option<PrimaryKey> {
    let owner = claim.get(name::OWNER)?.as_m().ok()?;
    let text = |name: &str| owner.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(PrimaryKey { pk: text(name::PK)?, sk: text(name::SK)? })
}

/// What tells one state of a row from the next, whatever entity it is of.
pub(crate) fn state(row: &RawRow) -> Vec<Check> {
    [name::VERSION, name::UPDATED_AT, name::TYPE_SK, name::REVISION].map(|attribute| Check { attribute, value: row.get(attribute) }).into()
}

impl Call {
    /// Why a claim could not be taken or released, and what the plan has to do about it.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`], where the value is another row's; those of reading that row.
    pub(super) async fn settle(&self, plan: &mut Plan, number: usize, found: Option<Item>) -> Result<()> {
        match plan.claim(number).cloned() {
            Some(ClaimStep::Take { claim, .. }) => {
                // Somebody has released it meanwhile.
                let Some(found) = found else { return Ok(()) };
                let violation = || Error::UniqueViolation { entity: claim.def.name, constraint: claim.constraint.name };
                let owner = owner_of(&found).ok_or_else(violation)?;
                let lost = self.without(claim.def, &claim.key, claim.of_row, &owner).await?.ok_or_else(violation)?;
                plan.take_over(number, owner, lost).ok_or_else(violation)
            }
            // It is another row's by now, and stays so.
            Some(ClaimStep::Release) => {
                plan.actions.remove(number);
                Ok(())
            }
            Some(ClaimStep::Owner) => {
                plan.forget_owners();
                Ok(())
            }
            None => unreachable!("only what is done to claims is settled"),
        }
    }

    /// What shows that a row is gone or has lost a value that a claim says it has; `None` where it has it.
    pub(crate) async fn without(
        &self,
        def: &'static EntityDef,
        claim: &str,
        of_row: fn(&RawRow, &Limits) -> Result<Claims>,
        owner: &PrimaryKey,
    ) -> Result<Option<Node>> {
        let handle = &self.handle;
        let (ttl_attribute, now) = (handle.limits().ttl_attribute, handle.stamps().now());
        let input = GetItemInput::builder()
            .table_name(handle.table())
            .set_key(Some(key_item(owner.clone())))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let Some(row) = self.get_item(built(input.build())).await? else { return Ok(Some(Node::absent(name::PK))) };
        if is_out_of_service(&row) && def.versioned {
            return Ok(Some(unchanged(&state(&row))));
        }
        if def.ttl.is_some() && is_expired(&row, ttl_attribute, now) {
            return Ok(Some(free(def, ttl_attribute, now)));
        }
        let state = unchanged(&state(&row));
        let other = row.text(name::TYPE).is_some_and(|found| found != def.name);
        // A row that cannot be read may have the value.
        let lost = other || of_row(&row, handle.limits()).is_ok_and(|claims| claims.held.iter().all(|held| held.key != claim));
        Ok(lost.then_some(state))
    }
}

impl Plan {
    /// What an action does to a claim.
    pub(super) fn claim(&self, number: usize) -> Option<&ClaimStep> {
        self.actions.get(number)?.claim.as_ref()
    }

    /// Takes the claim from a row that has lost the value, as long as that is so. `None`: the plan writes that row itself.
    fn take_over(&mut self, number: usize, owner: PrimaryKey, lost: Node) -> Option<()> {
        self.actions[number].guard.as_mut()?.condition = owned_by(&owner);
        let on_owner = self.actions.iter().find(|action| action.write.key() == owner);
        match on_owner {
            // Two claims of one row: it is looked at once.
            Some(Action { claim: Some(ClaimStep::Owner), .. }) => {}
            Some(_) => return None,
            None => {
                let check = Action::check(owner).only_if(lost, Failure::Conflict);
                self.actions.push(Action { claim: Some(ClaimStep::Owner), origin: self.actions[number].origin, ..check });
            }
        }
        Some(())
    }

    /// Begins anew with the claims, as they were planned.
    fn forget_owners(&mut self) {
        self.actions.retain(|action| !matches!(action.claim, Some(ClaimStep::Owner)));
        for action in &mut self.actions {
            if let (Some(ClaimStep::Take { owners, .. }), Some(guard)) = (&action.claim, &mut action.guard) {
                guard.condition = is_free(owners);
            }
        }
    }
}
