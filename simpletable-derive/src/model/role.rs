//! What a patch may do with each field: which index keys follow from it, and with which other fields.

use super::{Entity, Field, Index, KeyForm, Segment, Storage};

/// What else is decided by a field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nothing.
    Stored,
    /// It is inside compressed `data`.
    InData,
    /// Index keys that no other field shares.
    Alone,
    /// Index keys together with others: field `place` of a group, by its number.
    Grouped { group: usize, place: usize },
    /// Index keys together with what only the stored row knows.
    Mixed,
    /// The primary key.
    Primary,
    /// A claim: a unique value, or when it ends.
    Claimed,
    /// The end of the row.
    Expiry,
}

/// What the absence of a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
    Defaulted,
    AsSet,
}

/// Fields that make index keys together.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// In declaration order.
    pub(crate) fields: Vec<usize>,
    /// The access patterns whose keys they share.
    pub(crate) patterns: Vec<String>,
}

/// What each patch has to write of the index keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// What follows from the fields that it sets.
    Following,
    /// Keys with `<updated_at>` that also hold what it does not know.
    Stamped,
    /// Keys that a function of the user's makes.
    Computed,
}

/// The roles of all fields.
#[derive(Debug)]
pub(crate) struct Roles {
    pub(crate) fields: Vec<Role>,
    pub(crate) groups: Vec<Group>,
    pub(crate) keys: Keys,
}

/// What is written together, or not at all: one index key; both keys of an index that not every row is in.
struct Unit<'a> {
    pattern: &'a str,
    segments: Vec<&'a Segment>,
    /// Whether a `None` leaves the row out of the index.
    sparse: bool,
}

impl Entity {
    /// The roles of the fields.
    pub(crate) fn roles(&self) -> Roles {
        if self.storage == Storage::Compressed {
            return Roles { fields: vec![Role::InData; self.fields.len()], groups: Vec::new(), keys: Keys::Following };
        }
        let primary: Vec<usize> = self.primary.templates().iter().flat_map(|template| self.fields_of(template.segments.iter())).collect();
        let claimed = self.claimed();
        // Neither changes by a patch, so nothing changes with them.
        let fixed: Vec<usize> = primary.iter().chain(&claimed).copied().collect();
        let units: Vec<Unit<'_>> = self.indexes.iter().flat_map(|index| self.units(index)).collect();
        let groups = self.groups(&units, &fixed);
        let role = |field| match field {
            field if primary.contains(&field) => Role::Primary,
            field if claimed.contains(&field) => Role::Claimed,
            field => self.role(field, &units, &groups, &fixed),
        };
        Roles { fields: (0..self.fields.len()).map(role).collect(), keys: self.keys(&units), groups }
    }

    /// The fields that claims are made of; they end when the row does.
    fn claimed(&self) -> Vec<usize> {
        let values = self.unique.iter().flat_map(|unique| self.fields_of(unique.value.segments.iter()));
        values.chain(self.ttl.filter(|_| !self.unique.is_empty())).collect()
    }

    fn role(&self, field: usize, units: &[Unit<'_>], groups: &[Group], fixed: &[usize]) -> Role {
        let group = groups.iter().position(|group| group.fields.contains(&field));
        let expiry = self.ttl == Some(field);
        match group.map(|group| (group, &groups[group].fields)) {
            None if expiry => Role::Expiry,
            None => Role::Stored,
            Some((_, fields)) if fields.iter().any(|field| self.is_mixed(*field, units, fixed)) => Role::Mixed,
            Some((_, fields)) if fields.len() == 1 => {
                if expiry {
                    Role::Expiry
                } else {
                    Role::Alone
                }
            }
            // The end of the row beside other fields: nothing takes both together.
            Some((_, fields)) if self.ttl.is_some_and(|ttl| fields.contains(&ttl)) => Role::Mixed,
            Some((group, fields)) => Role::Grouped { group, place: fields.iter().position(|other| *other == field).unwrap_or_default() },
        }
    }

    /// Whether a key of the field also holds what only the stored row knows.
    fn is_mixed(&self, field: usize, units: &[Unit<'_>], fixed: &[usize]) -> bool {
        units.iter().filter(|unit| self.fields_of(unit.segments.iter().copied()).any(|other| other == field)).any(|unit| {
            let created = unit.segments.iter().any(|segment| matches!(segment, Segment::CreatedAt));
            created || self.fields_of(unit.segments.iter().copied()).any(|other| fixed.contains(&other))
        })
    }

    /// The fields that share units, over however many units: union and find. What never changes is in no group.
    fn groups(&self, units: &[Unit<'_>], fixed: &[usize]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for unit in units {
            let fields: Vec<usize> = self.fields_of(unit.segments.iter().copied()).filter(|field| !fixed.contains(field)).collect();
            if fields.is_empty() {
                continue;
            }
            let mut joined = Group { fields, patterns: vec![unit.pattern.to_owned()] };
            let (touched, apart) = groups.into_iter().partition(|group| group.fields.iter().any(|field| joined.fields.contains(field)));
            groups = apart;
            for group in Vec::<Group>::from_iter(touched) {
                joined.fields.extend(group.fields);
                joined.patterns.extend(group.patterns);
            }
            joined.fields.sort_unstable();
            joined.fields.dedup();
            joined.patterns.sort_unstable();
            joined.patterns.dedup();
            groups.push(joined);
        }
        groups
    }

    fn units<'a>(&self, index: &'a Index) -> Vec<Unit<'a>> {
        let template = |form: &'a KeyForm| if let KeyForm::Template(template) = form { Some(template.segments.iter()) } else { None };
        let keys: Vec<Vec<&Segment>> =
            [Some(&index.pk), index.sk.as_ref()].into_iter().flatten().filter_map(template).map(Iterator::collect).collect();
        let sparse = self.fields_of(keys.iter().flatten().copied()).any(|field| self.fields[field].optional);
        let units = if sparse { vec![keys.concat()] } else { keys };
        units.into_iter().map(|segments| Unit { pattern: &index.pattern, segments, sparse }).collect()
    }

    fn keys(&self, units: &[Unit<'_>]) -> Keys {
        let computed =
            |index: &Index| [Some(&index.pk), index.sk.as_ref()].into_iter().flatten().any(|form| matches!(form, KeyForm::Computed(_)));
        let unknown = |segment: &&Segment| matches!(segment, Segment::Field { .. } | Segment::CreatedAt);
        let stamped = |unit: &Unit<'_>| {
            let moves = unit.segments.iter().any(|segment| matches!(segment, Segment::UpdatedAt));
            moves && (unit.sparse || unit.segments.iter().any(unknown))
        };
        if self.indexes.iter().any(computed) {
            Keys::Computed
        } else if units.iter().any(stamped) {
            Keys::Stamped
        } else {
            Keys::Following
        }
    }

    /// Whether a key holds `<created_at>`.
    pub(crate) fn has_birth_in_keys(&self) -> bool {
        let forms = self.indexes.iter().flat_map(|index| [Some(&index.pk), index.sk.as_ref()]).flatten();
        let templates = forms.filter_map(|form| if let KeyForm::Template(template) = form { Some(template) } else { None });
        self.primary
            .templates()
            .into_iter()
            .chain(templates)
            .any(|template| template.segments.iter().any(|segment| matches!(segment, Segment::CreatedAt)))
    }

    fn fields_of<'a>(&self, segments: impl Iterator<Item = &'a Segment>) -> impl Iterator<Item = usize> {
        segments.filter_map(|segment| if let Segment::Field { part, .. } = segment { Some(self.parts[*part]) } else { None })
    }

    /// The number of the part of index keys that a field is.
    pub(crate) fn part_number(&self, field: usize) -> Option<usize> {
        self.parts.iter().position(|part| *part == field)
    }
}

impl Field {
    /// What its absence means. `plain`: nothing derives from it.
    pub(crate) fn presence(&self, plain: bool) -> Presence {
        // Serde takes an absent `Option` for `None`, but not where a function of its own reads it.
        let is_none = self.optional && (self.defaulted || !self.reads_itself);
        match self {
            _ if self.set => Presence::AsSet,
            _ if is_none => Presence::Optional,
            // A key would follow from the default, which nobody knows here.
            _ if self.defaulted && !self.optional && plain => Presence::Defaulted,
            _ => Presence::Required,
        }
    }
}
